import { messageOf } from '../../errors/causes.ts'
import type { Json } from '../../inspect/event.ts'
import type { MessageDecoder } from '../../inspect/inspector.ts'
import { LengthPrefixed } from '../length-prefixed.ts'
import { longestRequest } from './protocol.ts'
import { decodeRequest } from './request.ts'

/** Bytes of a text or a handle that are shown. */
const mostShown = 128

/**
 * Shows the direct messages of a stream of the chat.
 *
 * @returns a decoder
 */
export function chatDecoder(): MessageDecoder {
  const streams = { sent: new LengthPrefixed(longestRequest), received: new LengthPrefixed(longestRequest) }
  return { read: (direction, bytes) => streams[direction].read(bytes).map(shown) }
}

function shown(bytes: Uint8Array): Json {
  try {
    const request = decodeRequest(bytes)
    if (request.type === 'UPDATE_PEER') return { request: request.type, handle: text(request.userHandle) }
    const { type, data, created, id } = request
    return {
      request: type,
      bytes: data.length,
      text: text(data),
      created: created.toString(),
      id: Buffer.from(id).toString('base64'),
    }
  } catch (error) {
    return { bytes: bytes.length, problems: [messageOf(error)] }
  }
}

function text(bytes: Uint8Array = new Uint8Array(0)): string {
  const beginning = new TextDecoder().decode(bytes.subarray(0, mostShown))
  return bytes.length > mostShown ? `${beginning}…` : beginning
}
