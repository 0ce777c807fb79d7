import { setTimeout } from 'node:timers/promises'
import { deadlineOf } from '../../errors/deadline.ts'
import { randomKey } from '../../keys/crafted-key.ts'
import { formatPeerId } from '../../keys/peer-id.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord, PeerRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { type Answer, Lookup } from './lookup.ts'
import { Query } from './query.ts'
import { keptAddresses, targetOf } from './told-peer.ts'

/** Peers that are remembered, so that each is told once: with that many the walk is over. */
const mostPeers = 100_000
/** The pause after a lookup that led to nobody new, in milliseconds: a small network is soon known. */
const pauseMs = 1000

/**
 * Walks through a DHT at random: looks up one random key after the other (kad-dht spec, "Bootstrap process").
 *
 * @param node - the node that asks
 * @param input - whom to ask at first, and `limit`, how many peers are enough
 * @param context - the signal ends the walk, and is no failure of it; the time limit is that of each lookup
 * @returns each peer once, as soon as somebody names it with an address, then the summary, which is complete only where
 *   as many were found as are enough
 * @throws ToolkitError why nobody answered the first lookup
 */
export async function* walk(
  node: RunningNode,
  input: DhtInput & { limit?: number | undefined },
  context: OperationContext,
): AsyncGenerator<PeerRecord | DhtSummaryRecord> {
  const { signal } = context
  const most = Math.min(input.limit ?? mostPeers, mostPeers)
  await using query = new Query(node, input, { ...context, timeoutMs: 0 })
  const { statistics } = query
  const found = new Set<string>()
  let exhausted = false
  do {
    const before = found.size
    using deadline = deadlineOf(query.signal, context.timeoutMs, 'the time for one lookup is over')
    const key = randomKey()
    const lookup = new Lookup(query, { bytes: key, text: formatPeerId({ multihash: key }) })
    for await (const answer of lookup.answers({ type: 'FIND_NODE', key }, deadline.signal)) {
      for (const record of peersIn(answer, input)) {
        if (found.size >= most || found.has(record.peer)) continue
        found.add(record.peer)
        yield record
      }
      if (found.size >= most) break
    }
    exhausted = lookup.exhausted
    const pause = found.size === before && statistics.anySucceeded
    if (pause) await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined)
  } while (found.size < most && statistics.anySucceeded && !signal.aborted)
  // a walk has no end of its own
  const complete = input.limit !== undefined && found.size >= input.limit
  if (statistics.anySucceeded || signal.aborted) yield statistics.summary(complete, undefined)
  else yield* conclude(query, { found: false, complete: exhausted, otherwise: 'nobody named a peer' }, context)
}

/** The peers that an answer leads to: who gave it, and whom it names. */
function peersIn({ peer: { target }, message }: Answer, { network }: DhtInput): PeerRecord[] {
  const own = target.peer === undefined ? [] : [targetOf(target.peer, target.addresses.map(String))]
  const named = message.closer.map((told) => targetOf(told.peer, keptAddresses(network, told)))
  return [...own, ...named].flatMap(({ peer, addresses }) =>
    peer === undefined || addresses.length === 0 ? [] : [{ type: 'peer', peer, addresses: addresses.map(String) }],
  )
}
