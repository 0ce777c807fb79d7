import type { Json } from '../../inspect/event.ts'
import type { MessageDecoder } from '../../inspect/inspector.ts'
import { LengthPrefixed } from '../length-prefixed.ts'
import { decodeKadMessage, type KadMessage, longestValue } from './message.ts'

/** Bytes of a key or a value that are shown. */
const mostShown = 256

/**
 * Whether a protocol is that of a DHT: `/ipfs/kad/1.0.0`, or with another prefix (kad-dht spec, "DHT operations").
 *
 * @param protocol - a protocol ID
 * @returns true where it ends as those do
 */
export function isKadProtocol(protocol: string): boolean {
  return protocol.endsWith('/kad/1.0.0')
}

/**
 * Shows the messages of a stream of a DHT.
 *
 * @returns a decoder
 */
export function kadDecoder(): MessageDecoder {
  const streams = { sent: new LengthPrefixed(2 * longestValue), received: new LengthPrefixed(2 * longestValue) }
  return { read: (direction, bytes) => streams[direction].read(bytes).map(describe) }
}

function describe(bytes: Uint8Array): Json {
  const { type, key, clusterLevel, record, closer, providers, problems, dropped }: KadMessage = decodeKadMessage(bytes)
  return JSON.parse(
    JSON.stringify({
      type,
      ...(key && { key: base64(key) }),
      ...(clusterLevel !== undefined && { clusterLevel }),
      ...(record && {
        record: Object.fromEntries(
          Object.entries(record).map(([name, value]) => [name, typeof value === 'string' ? value : base64(value)]),
        ),
      }),
      ...(closer.length > 0 && { closer }),
      ...(providers.length > 0 && { providers }),
      ...(problems.length > 0 && { problems }),
      ...(dropped > 0 && { dropped }),
    }),
  )
}

function base64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, mostShown)).toString('base64')
  return bytes.length > mostShown ? `${text}… (${bytes.length} bytes)` : text
}
