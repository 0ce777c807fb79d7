import { deadlineOf, until } from '../../errors/deadline.ts'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Backend, OpenedDatastore } from './datastore.ts'
import { ExplainedDatastore } from './explained.ts'
import { PeersInMemory } from './peers-in-memory.ts'
import { type DatastorePlace, datastorePlace } from './place.ts'

/** How long opening and closing may take, in milliseconds. */
const openWithinMs = 30_000
const closeWithinMs = 2000

/**
 * Opens a datastore, and makes it where there is none. What reads and writes it is loaded only here.
 *
 * @param text - a folder, or `s3://BUCKET/PREFIX`
 * @param signal - ends the opening
 * @param onFailed - told of each failure once it is open
 * @returns the datastore
 * @throws ToolkitError `usage` for what is neither, `local` where it cannot be used, `unreachable` where S3 cannot be
 *   reached, `timeout` where it does not answer; the signal's reason
 */
export async function openDatastore(
  text: string,
  signal: AbortSignal,
  onFailed: (failure: ToolkitError) => void,
): Promise<OpenedDatastore> {
  const place = datastorePlace(text)
  using deadline = deadlineOf(signal, openWithinMs, `the datastore did not open within ${openWithinMs / 1000} s`)
  const opening = openBackend(place, deadline.signal)
  // a folder takes no signal
  const backend = await until(opening, deadline.signal).catch((error: unknown) => {
    opening.then(({ close }) => close()).catch(() => {})
    throw error
  })
  let closing = false
  const explained = new ExplainedDatastore(backend, (failure) => {
    if (!closing) onFailed(failure)
  })
  const store = new PeersInMemory(explained)
  const close = async () => {
    await store.written()
    closing = true
    await backend.close()
  }
  return { store, close: async () => await giveUp(close()) }
}

async function openBackend(place: DatastorePlace, signal: AbortSignal): Promise<Backend> {
  switch (place.kind) {
    case 'folder':
      return await (await import('./folder.ts')).openFolder(place.path)
    case 's3':
      return await (await import('./s3.ts')).openBucket(place, signal)
  }
}

/** The timer keeps the process alive: what is closed may wait for something that does not. */
async function giveUp(closing: Promise<void>): Promise<void> {
  using deadline = deadlineOf(new AbortController().signal, closeWithinMs, 'the datastore did not close')
  await until(closing, deadline.signal).catch(() => {})
}
