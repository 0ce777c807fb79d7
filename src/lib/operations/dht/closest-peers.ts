import type { DhtKey } from '../../keys/dht-key.ts'
import { commonPrefixLength, kadKey } from '../../keys/kad-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { ClosestRecord, DhtSummaryRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { distanceOf } from './known-peer.ts'
import { Lookup } from './lookup.ts'
import { Query } from './query.ts'
import { keptAddresses, targetOf } from './told-peer.ts'

/**
 * Finds the peers that are the closest to a key, of those that answer; with `from`, those that this server names.
 *
 * @param node - the node that asks
 * @param input - whom to ask, the key, and `limit`, how many peers at most
 * @param context - signal, and the time limit of the whole query
 * @returns the peers, the closest first, then the summary
 * @throws ToolkitError `negative` when there are none, `timeout` at the deadline, or why nobody answered
 */
export async function* closestPeers(
  node: RunningNode,
  input: DhtInput & { key: DhtKey; limit: number },
  context: OperationContext,
): AsyncGenerator<ClosestRecord | DhtSummaryRecord> {
  const { key, limit, network, from } = input
  await using query = new Query(node, input, context)
  const lookup = new Lookup(query, key)
  const named = new Map<string, string[]>()
  for await (const { message } of lookup.answers({ type: 'FIND_NODE', key: key.bytes })) {
    if (from !== undefined) for (const told of message.closer) named.set(told.peer, keptAddresses(network, told))
  }
  if (from === undefined) {
    for (const { target } of lookup.closest) named.set(target.peer, target.addresses.map(String))
  }
  const found = [...named].map(([peer, addresses]) => closestRecord(key, peer, addresses))
  const closest = found.toSorted((a, b) => (a.distance < b.distance ? -1 : 1)).slice(0, limit)
  yield* closest
  const otherwise = 'nobody named a peer'
  yield* conclude(query, { found: closest.length > 0, complete: lookup.exhausted, otherwise }, context)
}

function closestRecord(key: DhtKey, peer: string, addresses: string[]): ClosestRecord {
  const distance = distanceOf(kadKey(key.bytes), peer)
  return {
    type: 'closest',
    peer,
    distance: Buffer.from(distance).toString('hex'),
    cpl: commonPrefixLength(distance),
    addresses: targetOf(peer, addresses).addresses.map(String),
  }
}
