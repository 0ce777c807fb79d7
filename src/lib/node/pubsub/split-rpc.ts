import { longestRpc } from '../../protocols/pubsub/protocol.ts'
import type { RawMessage, RouterRpc } from './router.ts'

/**
 * Cuts an RPC of many messages into several that others read: the router answers an IWANT by one, however large.
 *
 * @param rpc - what is to be sent
 * @returns the same, in RPCs that are no longer than `longestRpc` where their messages are not
 */
export function splitRpc(rpc: RouterRpc): RouterRpc[] {
  if (rpc.messages.length < 2) return [rpc]
  const parts: RawMessage[][] = [[]]
  let bytes = 0
  for (const message of rpc.messages) {
    const size = sizeOf(message)
    if (bytes + size > longestRpc && bytes > 0) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)?.push(message)
    bytes += size
  }
  const [first = [], ...others] = parts
  return [{ ...rpc, messages: first }, ...others.map((messages) => ({ subscriptions: [], messages }))]
}

/** An upper bound: a field takes a byte for its number, and at most five for its length. */
function sizeOf({ from, data, seqno, topic, signature, key }: RawMessage): number {
  const fields = [from, data, seqno, signature, key].map((field) => (field?.length ?? 0) + 6)
  return fields.reduce((sum, bytes) => sum + bytes, 3 * topic.length + 12)
}
