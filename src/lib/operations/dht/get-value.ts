import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { Validators } from '../../node/spec.ts'
import type { DhtSummaryRecord, ValueRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { nameOf } from './known-peer.ts'
import { Lookup } from './lookup.ts'
import { Query } from './query.ts'
import { textOf } from './text-of.ts'
import { isSelected } from './validate.ts'
import { ValueChoice } from './value-choice.ts'

/**
 * Gets the value of a key (kad-dht spec, "Entry retrieval"). Ends when `quorum` peers gave the best value, else when
 * all were asked: with the one that the validator prefers, or else that most of them gave.
 *
 * @param node - the node that asks
 * @param input - whom to ask, the key, and the quorum: when absent one in a namespace whose valid values are all the
 *   same or cannot be told apart, and everybody in one whose validator selects
 * @param context - signal, and the time limit of the whole query
 * @returns the value, then the summary
 * @throws ToolkitError `negative` when nobody has a valid one, `timeout` at the deadline, or why nobody answered
 */
export async function* getValue(
  node: RunningNode,
  input: DhtInput & { key: DhtKey; quorum?: number | undefined; validators: Validators },
  context: OperationContext,
): AsyncGenerator<ValueRecord | DhtSummaryRecord> {
  const { key, validators } = input
  const quorum = input.quorum ?? (isSelected(key.bytes, validators) ? Number.POSITIVE_INFINITY : 1)
  await using query = new Query(node, input, context)
  const lookup = new Lookup(query, key)
  const choice = new ValueChoice(query, key, validators)
  for await (const answer of lookup.answers({ type: 'GET_VALUE', key: key.bytes })) {
    await choice.add(answer)
    if ((choice.best?.givers ?? 0) >= quorum) break
  }
  const { best } = choice
  if (best !== undefined) {
    const { value, from, verdict } = best
    const base64 = Buffer.from(value).toString('base64')
    const validated = verdict.is === 'valid'
    yield { type: 'value', key: key.text, value: base64, ...textOf(value), from: nameOf(from), validated }
  }
  if (choice.isTied) query.statistics.fault(`as many peers gave another value of ${key.text}: this is the first`)
  const complete = (best?.givers ?? 0) >= quorum || lookup.exhausted
  const conclusion = { found: best !== undefined, complete, hops: best?.from.hops }
  yield* conclude(query, { ...conclusion, otherwise: choice.otherwise }, context)
}
