import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord, ValueRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { type Answer, Lookup } from './lookup.ts'
import { Query } from './query.ts'
import { validate } from './validate.ts'

/** A value, and who gave it. */
interface Candidate {
  value: Uint8Array
  validated: boolean
  /** who gave it first, and how far away that was */
  from: string
  hops: number
  givers: number
}

/**
 * Gets the value of a key (kad-dht spec, "Entry retrieval"). Ends when `quorum` peers gave the same value, else when
 * all were asked, with the one that most of them gave.
 *
 * @param node - the node that asks
 * @param input - whom to ask, the key, and the quorum
 * @param context - signal, and the time limit of the whole query
 * @returns the value, then the summary
 * @throws ToolkitError `negative` when nobody has it, `timeout` at the deadline, or why nobody answered
 */
export async function* getValue(
  node: RunningNode,
  input: DhtInput & { key: DhtKey; quorum: number },
  context: OperationContext,
): AsyncGenerator<ValueRecord | DhtSummaryRecord> {
  const { key, quorum } = input
  await using query = new Query(node, input, context)
  const lookup = new Lookup(query, key)
  const candidates = new Map<string, Candidate>()
  let enough = false
  for await (const answer of lookup.answers({ type: 'GET_VALUE', key: key.bytes })) {
    const given = valueIn(query, answer, key.bytes)
    if (given === undefined) continue
    const name = Buffer.from(given.value).toString('base64')
    const candidate = candidates.get(name) ?? given
    candidate.givers++
    candidates.set(name, candidate)
    enough = candidate.givers >= quorum
    if (enough) break
  }
  const [best] = [...candidates.values()].toSorted((a, b) => b.givers - a.givers)
  if (best !== undefined) yield valueRecord(key, best)
  const conclusion = { found: best !== undefined, complete: enough || lookup.exhausted, hops: best?.hops }
  yield* conclude(query, { ...conclusion, otherwise: `nobody gave a value of ${key.text}` }, context)
}

function valueIn(query: Query, { peer, message: { record } }: Answer, key: Uint8Array): Candidate | undefined {
  if (record?.value === undefined) return undefined
  if (record.key === undefined || Buffer.compare(record.key, key) !== 0) {
    query.fault(peer, 'it gave the value of another key')
    return undefined
  }
  const verdict = validate(key, record.value)
  if (typeof verdict === 'object') {
    query.fault(peer, `its value is not valid: ${verdict.fault}`)
    return undefined
  }
  const from = peer.target.peer ?? peer.target.label
  return { value: record.value, validated: verdict === 'valid', from, hops: peer.hops, givers: 0 }
}

function valueRecord(key: DhtKey, { value, from, validated }: Candidate): ValueRecord {
  const base64 = Buffer.from(value).toString('base64')
  const text = textOf(value)
  return { type: 'value', key: key.text, value: base64, ...(text !== undefined && { text }), from, validated }
}

function textOf(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return undefined
  }
}
