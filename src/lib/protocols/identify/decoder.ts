import type { Json } from '../../inspect/event.ts'
import type { MessageDecoder, PeersOfStream } from '../../inspect/inspector.ts'
import { LengthPrefixed } from '../length-prefixed.ts'
import { decodeIdentity } from './message.ts'

/** Longest message that is decoded. */
const maxBytes = 256 * 1024

/**
 * Shows the messages of an identify stream, each by itself: what one of several leaves out is no
 * problem of it.
 *
 * @param peers - the two ends of the stream
 * @returns a decoder
 */
export function identifyDecoder(peers: PeersOfStream): MessageDecoder {
  const streams = { sent: new LengthPrefixed(maxBytes), received: new LengthPrefixed(maxBytes) }
  return {
    read: (direction, bytes) =>
      streams[direction]
        .read(bytes)
        .map((message) => describe(message, direction === 'sent' ? peers.local : peers.remote)),
  }
}

function describe(message: Uint8Array, peer: string): Json {
  const { publicKey, signedPeerRecord, problems, ...rest } = decodeIdentity([message], peer)
  const real = problems.filter((text) => text !== 'publicKey: none was sent')
  return JSON.parse(
    JSON.stringify({
      ...rest,
      ...(publicKey && { publicKey: Buffer.from(publicKey).toString('base64') }),
      ...(signedPeerRecord && { signedPeerRecord }),
      ...(real.length > 0 && { problems: real }),
    }),
  )
}
