import { classify } from '../../errors/classify.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { Validators } from '../../node/spec.ts'
import type { DhtSummaryRecord } from '../../records/dht.ts'
import type { HolderRecord } from '../../records/holder.ts'
import type { OperationContext } from '../context.ts'
import { sideBySide } from '../side-by-side.ts'
import { closestTo } from './closest-to.ts'
import { conclude } from './conclude.ts'
import { type Held, judgeHolders } from './holder-status.ts'
import type { DhtInput } from './input.ts'
import { cplOf, furthestHops, type KnownPeer, nameOf } from './known-peer.ts'
import { concurrency } from './parameters.ts'
import { Query } from './query.ts'
import { textOf } from './text-of.ts'
import { validate } from './validate.ts'
import { valueIn } from './value-choice.ts'

/**
 * Asks each of the k peers that are the closest to a key by itself which value of it it holds; with `from`, that
 * server alone. Peers that were found and could not be asked are told as well.
 *
 * @param node - the node that asks
 * @param input - whom to ask, the key, and who validates values
 * @param context - signal, and the time limit of the whole query
 * @returns each peer, the closest first, then the summary
 * @throws ToolkitError `negative` when none has a value that holds, `timeout` at the deadline, or why nobody answered
 */
export async function* holders(
  node: RunningNode,
  input: DhtInput & { key: DhtKey; validators: Validators },
  context: OperationContext,
): AsyncGenerator<HolderRecord | DhtSummaryRecord> {
  const { key } = input
  await using query = new Query(node, input, context)
  const { closest, failed, exhausted } = await closestTo(query, key)
  const held: Held[] = failed.map((peer) => ({ peer, failure: peer.failure }))
  const ask = (peer: KnownPeer) => askHolder(query, peer, input)
  for await (const answer of sideBySide(closest, concurrency, ask)) held.push(answer)
  const judged = judgeHolders(held.toSorted((a, b) => Buffer.compare(a.peer.distance, b.peer.distance)))
  for (const one of judged) yield holderRecord(one)
  const good = judged.filter(({ status }) => status === 'valid' || status === 'unchecked')
  const complete = exhausted && !query.signal.aborted
  const hops = furthestHops(good.map(({ peer }) => peer))
  const otherwise = judged.some(({ status }) => status === 'conflict')
    ? `the values of ${key.text} are in conflict`
    : `none of ${judged.length} has a value of ${key.text} that holds`
  yield* conclude(query, { found: good.length > 0, complete, hops, otherwise }, context)
}

async function askHolder(
  query: Query,
  peer: KnownPeer,
  { key, validators }: { key: DhtKey; validators: Validators },
): Promise<Held> {
  try {
    const { message } = await query.ask(peer, [{ type: 'GET_VALUE', key: key.bytes }])
    const value = valueIn(message, key)
    if (value === undefined) return { peer }
    if (value === 'another key') {
      query.fault(peer, 'it gave the value of another key')
      return { peer, verdict: { is: 'invalid', fault: 'it gave the value of another key' } }
    }
    return { peer, value, verdict: await validate(key.bytes, value, validators) }
  } catch (error) {
    return { peer, failure: classify(error) }
  }
}

function holderRecord({ peer, value, verdict, failure, status, reason }: ReturnType<typeof judgeHolders>[number]) {
  const cpl = cplOf(peer)
  const sequence = verdict?.is === 'valid' ? verdict.entry?.sequence : undefined
  return {
    type: 'holder' as const,
    peer: nameOf(peer),
    ...(cpl !== undefined && { distance: Buffer.from(peer.distance).toString('hex'), cpl }),
    ...(failure === undefined && { has: value !== undefined }),
    ...(value !== undefined && { value: Buffer.from(value).toString('base64'), ...textOf(value) }),
    ...(sequence !== undefined && { sequence: String(sequence) }),
    status,
    ...(reason !== undefined && { reason }),
  }
}
