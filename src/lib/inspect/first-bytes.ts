import type { MessageStream } from '@libp2p/interface'

/** How much of the start of a connection is kept: enough for a few multistream-select lines. */
const keptBytes = 1024

/** What a remote sent first on a raw connection. */
export interface FirstBytes {
  /** at most 1 KiB, in order */
  bytes: Uint8Array
}

/**
 * Keeps a copy of the first bytes that arrive on a stream. It wraps the dispatch of the stream's
 * events instead of listening, since a `message` listener would drain the buffer of early data.
 *
 * @param stream - a raw or secured connection, before anybody reads from it
 * @param onMore - told all that is kept, whenever more of it has arrived
 * @returns the bytes, growing as they arrive
 */
export function keepFirstBytes(stream: MessageStream, onMore: (bytes: Uint8Array) => void): FirstBytes {
  const kept: FirstBytes = { bytes: new Uint8Array(0) }
  const dispatch = stream.dispatchEvent.bind(stream)
  const keeping: MessageStream['dispatchEvent'] = (event) => {
    if (event.type === 'message' && 'data' in event && kept.bytes.length < keptBytes) {
      kept.bytes = append(kept.bytes, bytesOf(event.data))
      onMore(kept.bytes)
      // what somebody else has wrapped by now stays
      if (kept.bytes.length >= keptBytes && stream.dispatchEvent === keeping) stream.dispatchEvent = dispatch
    }
    return dispatch(event)
  }
  stream.dispatchEvent = keeping
  return kept
}

/**
 * The bytes of a chunk, whether it is one piece or a list of pieces.
 *
 * @param data - what an event or a call carries
 * @returns its bytes; none for anything else
 */
export function bytesOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data
  if (typeof data === 'object' && data !== null && 'subarray' in data && typeof data.subarray === 'function') {
    const bytes: unknown = data.subarray()
    if (bytes instanceof Uint8Array) return bytes
  }
  return new Uint8Array(0)
}

function append(kept: Uint8Array, more: Uint8Array): Uint8Array {
  const joined = new Uint8Array(Math.min(keptBytes, kept.length + more.length))
  joined.set(kept)
  joined.set(more.subarray(0, joined.length - kept.length), kept.length)
  return joined
}
