import type { MessageDecoder, PeersOfStream } from '../inspect/inspector.ts'
import { chatDecoder } from './chat/decoder.ts'
import { chatProtocol } from './chat/protocol.ts'
import { identifyDecoder } from './identify/decoder.ts'
import { identifyProtocol, identifyPushProtocol } from './identify/protocol.ts'
import { isKadProtocol, kadDecoder } from './kad/decoder.ts'
import { pingProtocol } from './ping.ts'
import { pingDecoder } from './ping-decoder.ts'
import { pubsubDecoder } from './pubsub/decoder.ts'
import { isPubsubProtocol } from './pubsub/protocol.ts'

const decoders = new Map<string, (peers: PeersOfStream) => MessageDecoder>([
  [identifyProtocol, identifyDecoder],
  [identifyPushProtocol, identifyDecoder],
  [pingProtocol, pingDecoder],
  [chatProtocol, chatDecoder],
])

/**
 * Makes the decoder of a protocol's messages, for inspection.
 *
 * @param protocol - the protocol ID of a stream
 * @param peers - the two ends of the stream
 * @returns a decoder for one stream; undefined for a protocol that is not known here
 */
export function decoderOf(protocol: string, peers: PeersOfStream): MessageDecoder | undefined {
  const decoder =
    decoders.get(protocol) ??
    (isKadProtocol(protocol) ? kadDecoder : undefined) ??
    (isPubsubProtocol(protocol) ? pubsubDecoder : undefined)
  return decoder?.(peers)
}
