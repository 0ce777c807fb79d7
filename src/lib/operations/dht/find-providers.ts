import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord, ProviderRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { Lookup } from './lookup.ts'
import { Query } from './query.ts'
import { keptAddresses, targetOf } from './told-peer.ts'

/**
 * Finds who provides something (kad-dht spec, "Content provider discovery").
 *
 * @param node - the node that asks
 * @param input - whom to ask, the key of the content, and how many providers are enough
 * @param context - signal, and the time limit of the whole query
 * @returns providers, each once and as soon as it is named, then the summary
 * @throws ToolkitError `negative` when there are none, `timeout` at the deadline, or why nobody answered
 */
export async function* findProviders(
  node: RunningNode,
  input: DhtInput & { key: DhtKey; limit: number },
  context: OperationContext,
): AsyncGenerator<ProviderRecord | DhtSummaryRecord> {
  const { key, limit, network } = input
  await using query = new Query(node, input, context)
  const lookup = new Lookup(query, key)
  const found = new Set<string>()
  let hops: number | undefined
  for await (const { peer, message } of lookup.answers({ type: 'GET_PROVIDERS', key: key.bytes })) {
    for (const told of message.providers) {
      if (found.has(told.peer) || found.size >= limit) continue
      found.add(told.peer)
      hops ??= peer.hops
      const addresses = targetOf(told.peer, keptAddresses(network, told)).addresses.map(String)
      yield { type: 'provider', peer: told.peer, addresses }
    }
    if (found.size >= limit) break
  }
  const complete = found.size >= limit || lookup.exhausted
  const otherwise = `nobody named a provider of ${key.text}`
  yield* conclude(query, { found: found.size > 0, complete, hops, otherwise }, context)
}
