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
  const identity = decodeIdentity([message], peer, 'part')
  const { agentVersion, protocolVersion, publicKey, observedAddress, signedPeerRecord, problems } = identity
  return {
    ...(agentVersion !== undefined && { agentVersion }),
    ...(protocolVersion !== undefined && { protocolVersion }),
    ...(publicKey && { publicKey: Buffer.from(publicKey).toString('base64') }),
    listenAddresses: identity.listenAddresses,
    ...(observedAddress !== undefined && { observedAddress }),
    protocols: identity.protocols,
    ...(signedPeerRecord && { signedPeerRecord: { ...signedPeerRecord } }),
    ...(problems.length > 0 && { problems }),
    truncated: identity.truncated,
  }
}
