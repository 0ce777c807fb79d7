import type { MessageDecoder } from '../../inspect/inspector.ts'
import { LengthPrefixed } from '../length-prefixed.ts'
import { longestRpcRead } from './protocol.ts'
import { decodeRpc } from './rpc.ts'

/**
 * Shows the RPCs of a stream of pub/sub.
 *
 * @returns a decoder
 */
export function pubsubDecoder(): MessageDecoder {
  const streams = { sent: new LengthPrefixed(longestRpcRead), received: new LengthPrefixed(longestRpcRead) }
  return {
    layer: 'pubsub',
    read: (direction, bytes) =>
      streams[direction].read(bytes).map((rpc) => JSON.parse(JSON.stringify({ bytes: rpc.length, ...decodeRpc(rpc) }))),
  }
}
