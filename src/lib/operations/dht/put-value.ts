import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import { longestValue } from '../../protocols/kad/message.ts'
import type { DhtSummaryRecord, StoredRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { nameOf } from './known-peer.ts'
import { Query } from './query.ts'
import { storeAtClosest } from './store.ts'
import { validate } from './validate.ts'

/**
 * Puts a value into the DHT (kad-dht spec, "Value storage and retrieval"). A peer has stored it when it sends the same
 * value back.
 *
 * @param node - the node that asks
 * @param input - whom to ask, key and value, and how many peers have to store it
 * @param context - signal, and the time limit of the whole query
 * @returns who stored it, then the summary
 * @throws ToolkitError `usage` for a value that no server takes, `negative` when fewer than `quorum` stored it,
 *   `timeout` at the deadline, or why nobody answered
 */
export async function* putValue(
  node: RunningNode,
  input: DhtInput & { key: DhtKey; value: Uint8Array; quorum: number },
  context: OperationContext,
): AsyncGenerator<StoredRecord | DhtSummaryRecord> {
  const { key, value, quorum } = input
  refuseInvalid(key, value)
  await using query = new Query(node, input, context)
  const request = { type: 'PUT_VALUE' as const, key: key.bytes, value }
  const { peers, complete } = await storeAtClosest(query, key, [request], ({ record }) => {
    return record?.value !== undefined && Buffer.compare(record.value, value) === 0
  })
  yield { type: 'stored', key: key.text, acknowledged: peers.length, peers: peers.map(nameOf) }
  const hops = peers.length === 0 ? undefined : Math.max(...peers.map((peer) => peer.hops))
  const otherwise = `${peers.length} of the ${quorum} peers that were asked for stored it`
  yield* conclude(query, { found: peers.length >= quorum, complete, hops, otherwise }, context)
}

function refuseInvalid(key: DhtKey, value: Uint8Array): void {
  const refuse = (reason: string) =>
    new ToolkitError('usage', `not a value of ${key.text}: ${reason}`, { layer: 'routing' })
  // an empty field is not on the wire (proto3): whoever gets it takes the record for one without a value
  if (value.length === 0) throw refuse('it is empty, and a record cannot tell an empty value from none')
  if (value.length > longestValue) throw refuse(`its ${value.length} bytes are more than ${longestValue}`)
  const verdict = validate(key.bytes, value)
  if (typeof verdict === 'object') throw refuse(verdict.fault)
}
