import type { OpenedDatastore } from './datastore.ts'
import { datastorePlace } from './place.ts'

/**
 * Opens a datastore, and makes it where there is none. What reads and writes it is loaded only here.
 *
 * @param text - a folder, or `s3://BUCKET/PREFIX`
 * @param signal - ends the opening
 * @returns the datastore
 * @throws ToolkitError `usage` for what is neither, `local` where it cannot be used, `unreachable` and `timeout` where
 *   S3 does not answer
 */
export async function openDatastore(text: string, signal: AbortSignal): Promise<OpenedDatastore> {
  const place = datastorePlace(text)
  switch (place.kind) {
    case 'folder':
      return await (await import('./folder.ts')).openFolder(place.path)
    case 's3':
      return await (await import('./s3.ts')).openBucket(place, signal)
  }
}
