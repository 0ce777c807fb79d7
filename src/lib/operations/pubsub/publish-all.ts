import type { Readable } from 'node:stream'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { PublishedRecord, PublishSummaryRecord } from '../../records/pubsub.ts'
import { type Framing, messagesOf } from './framing.ts'
import { type Publisher, refuseTooLong } from './publish.ts'

/** What is published of an input. */
export interface PublishAllInput {
  input: Readable
  framing: Framing
  /** told of a message that is refused, and which one it is, from 1; the others go on */
  onRefused: (error: ToolkitError, index: number) => Promise<void>
}

/**
 * Publishes the messages of an input, no faster than they can be sent, and waits until they have arrived. An input that is
 * one message is read before anybody is dialled.
 *
 * @param publisher - the topic, and whom to connect to
 * @param input - the messages
 * @param signal - ends it
 * @returns what was published, then the summary, where there can be several
 * @throws ToolkitError what `Publisher` throws, and `usage` for an input that is cut wrongly
 */
export async function* publishAll(
  publisher: Publisher,
  { input, framing, onRefused }: PublishAllInput,
  signal: AbortSignal,
): AsyncGenerator<PublishedRecord | PublishSummaryRecord> {
  const messages = messagesOf(input, framing, publisher.longest, signal)
  const counted = { published: 0, failed: 0, bytes: 0 }
  if (framing !== 'whole') await publisher.connect()
  try {
    for await (const { bytes, length } of messages) {
      try {
        refuseTooLong(length, publisher.longest)
        if (framing === 'whole') await publisher.connect()
        yield await publisher.publish(bytes ?? new Uint8Array(0))
        counted.published++
        counted.bytes += length
      } catch (error) {
        if (framing === 'whole' || !(error instanceof ToolkitError) || error.code !== 'usage') throw error
        counted.failed++
        await onRefused(error, counted.published + counted.failed)
      }
    }
  } finally {
    // also what was published before something went wrong
    await publisher.linger()
  }
  if (framing !== 'whole') yield { type: 'summary', topic: publisher.topic, ...counted }
}
