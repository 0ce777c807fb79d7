import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { Validators } from '../../node/spec.ts'
import { longestValue } from '../../protocols/kad/message.ts'
import { refusalHint } from '../../protocols/kad/rpc.ts'
import type { DhtSummaryRecord, StoredRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { furthestHops, type KnownPeer, nameOf } from './known-peer.ts'
import { Query } from './query.ts'
import { type Stored, storeAt, storeAtClosest } from './store.ts'
import { validate } from './validate.ts'

/** A value, and where it belongs. */
interface Entry {
  key: DhtKey
  value: Uint8Array
  /** how many peers have to store it */
  quorum: number
}

/**
 * Puts a value into the DHT (kad-dht spec, "Value storage and retrieval"). A peer has stored it when it sends the same
 * value back.
 *
 * @param node - the node that asks
 * @param input - whom to ask, key and value, how many peers have to store it, and who validates it before
 * @param context - signal, and the time limit of the whole query
 * @returns who stored it, then the summary
 * @throws ToolkitError `usage` for a value that no server takes, `negative` when fewer than `quorum` stored it,
 *   `timeout` at the deadline, or why nobody answered
 */
export async function* putValue(
  node: RunningNode,
  input: DhtInput & Entry & { validators: Validators },
  context: OperationContext,
): AsyncGenerator<StoredRecord | DhtSummaryRecord> {
  await refuseInvalid(input)
  await using query = new Query(node, input, context)
  const stored = await storeAtClosest(query, input.key, [requestOf(input)], isStoredAs(input))
  yield* concludeStored(query, input, stored, context)
}

/**
 * Hands a value to peers that were found to be the closest to its key, and ends the query.
 *
 * @param query - asks
 * @param entry - key, value and quorum
 * @param found - the peers, and whether there are no closer ones
 * @param context - of the command
 * @returns who stored it, then the summary
 * @throws ToolkitError as `putValue`
 */
export async function* putValueAt(
  query: Query,
  entry: Entry,
  found: { closest: KnownPeer[]; exhausted: boolean },
  context: OperationContext,
): AsyncGenerator<StoredRecord | DhtSummaryRecord> {
  const stored = await storeAt(query, found.closest, [requestOf(entry)], isStoredAs(entry))
  const complete = found.exhausted && !query.signal.aborted
  yield* concludeStored(query, entry, { ...stored, complete }, context)
}

function requestOf({ key, value }: Entry) {
  return { type: 'PUT_VALUE' as const, key: key.bytes, value }
}

function isStoredAs({ value }: Entry): Parameters<typeof storeAt>[3] {
  return ({ record }) => record?.value !== undefined && Buffer.compare(record.value, value) === 0
}

async function* concludeStored(
  query: Query,
  { key, quorum }: Entry,
  { peers, refused, complete }: Stored,
  context: OperationContext,
): AsyncGenerator<StoredRecord | DhtSummaryRecord> {
  const names = { peers: peers.map(nameOf), ...(refused.length > 0 && { refused: refused.map(nameOf) }) }
  yield { type: 'stored', key: key.text, acknowledged: peers.length, ...names }
  const hops = furthestHops(peers)
  const also = refused.length > 0 ? `, ${refused.length} refused it` : ''
  const otherwise = `${peers.length} of the ${quorum} peers that were asked for stored it${also}`
  const suggestions = refused.length > 0 ? [refusalHint] : []
  yield* conclude(query, { found: peers.length >= quorum, complete, hops, otherwise, suggestions }, context)
}

async function refuseInvalid({ key, value, validators }: Entry & { validators: Validators }): Promise<void> {
  const refuse = (reason: string) =>
    new ToolkitError('usage', `not a value of ${key.text}: ${reason}`, { layer: 'routing' })
  // an empty field is not on the wire (proto3): whoever gets it takes the record for one without a value
  if (value.length === 0) throw refuse('it is empty, and a record cannot tell an empty value from none')
  if (value.length > longestValue) throw refuse(`its ${value.length} bytes are more than ${longestValue}`)
  const verdict = await validate(key.bytes, value, validators)
  if (verdict.is === 'invalid') throw refuse(verdict.fault)
}
