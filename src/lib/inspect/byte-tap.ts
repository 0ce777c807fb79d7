import type { MessageStream } from '@libp2p/interface'
import { bytesOf } from './first-bytes.ts'

/** What is told of the bytes of a connection or stream, in order. */
export interface ByteListener {
  sent(bytes: Uint8Array): void
  received(bytes: Uint8Array): void
}

/**
 * Shows the bytes of a connection or stream as they pass. It wraps `send` and the dispatch of events
 * instead of listening, since a `message` listener would drain the buffer of early data; what a
 * reader pushes back and reads again is shown once.
 *
 * @param stream - a raw connection, a secured one, or a stream
 * @param listener - told of each chunk before it is passed on
 */
export function tapBytes(stream: MessageStream, listener: ByteListener): void {
  let pushedBack = 0
  const send = stream.send.bind(stream)
  stream.send = (data) => {
    listener.sent(bytesOf(data))
    return send(data)
  }
  const unshift = stream.unshift.bind(stream)
  stream.unshift = (data) => {
    pushedBack += data.byteLength
    unshift(data)
  }
  const dispatch = stream.dispatchEvent.bind(stream)
  stream.dispatchEvent = (event) => {
    if (event.type === 'message' && 'data' in event) {
      const bytes = bytesOf(event.data)
      const seen = Math.min(pushedBack, bytes.length)
      pushedBack -= seen
      if (bytes.length > seen) listener.received(bytes.subarray(seen))
    }
    return dispatch(event)
  }
}
