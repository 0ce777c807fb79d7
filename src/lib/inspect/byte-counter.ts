import type { MessageStream } from '@libp2p/interface'
import type { ByteCount } from './event.ts'

/** Counts the bytes of one stream until it is stopped. */
export interface ByteCounter {
  /** so far, or until it was stopped */
  readonly count: Readonly<ByteCount>
  /** ends the counting, and takes the counter off the stream */
  stop(): void
}

/**
 * Counts the bytes that are sent on a stream and that its reader receives. It wraps the stream's
 * methods instead of listening, since a `message` listener would drain the buffer of early data.
 *
 * @param stream - a raw or secured connection, before anybody reads from it
 * @returns the counter
 */
export function countBytes(stream: MessageStream): ByteCounter {
  const count: ByteCount = { sent: 0, received: 0 }
  const { send, dispatchEvent, unshift } = stream
  let counting = true
  const counted: Pick<MessageStream, 'send' | 'dispatchEvent' | 'unshift'> = {
    send(data) {
      if (counting) count.sent += data.byteLength
      return send.call(stream, data)
    },
    dispatchEvent(event) {
      if (counting && event.type === 'message' && 'data' in event) count.received += lengthOf(event.data)
      return dispatchEvent.call(stream, event)
    },
    // a negotiation has read ahead: what it gives back is dispatched a second time
    unshift(data) {
      if (counting) count.received -= data.byteLength
      unshift.call(stream, data)
    },
  }
  Object.assign(stream, counted)

  return {
    count,
    stop() {
      counting = false
      // what somebody else has wrapped by now stays
      if (stream.send === counted.send) stream.send = send
      if (stream.dispatchEvent === counted.dispatchEvent) stream.dispatchEvent = dispatchEvent
      if (stream.unshift === counted.unshift) stream.unshift = unshift
    },
  }
}

function lengthOf(data: unknown): number {
  if (typeof data !== 'object' || data === null || !('byteLength' in data)) return 0
  return typeof data.byteLength === 'number' ? data.byteLength : 0
}
