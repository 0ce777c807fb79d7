import type { KeyPair } from '../../keys/key-pair.ts'
import { mostUint64 } from '../../keys/uint64.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { IpnsDraft } from '../../protocols/ipns/record.ts'
import type { DhtSummaryRecord, StoredRecord } from '../../records/dht.ts'
import type { IpnsRecord } from '../../records/ipns.ts'
import type { OperationContext } from '../context.ts'
import { lookupDeadline } from '../dht/closest-to.ts'
import { conclude } from '../dht/conclude.ts'
import type { DhtInput } from '../dht/input.ts'
import { Lookup } from '../dht/lookup.ts'
import { putValueAt } from '../dht/put-value.ts'
import { Query } from '../dht/query.ts'
import { ValueChoice } from '../dht/value-choice.ts'
import { createIpns, nameOfKey } from './create.ts'

/** What is to be published, and by whose key. */
export interface IpnsPublication extends Omit<IpnsDraft, 'sequence'> {
  pair: KeyPair
  /** one more than that of the newest record that the DHT has when absent, 0 where it has none */
  sequence?: bigint | undefined
  /** how many peers have to store it */
  quorum: number
}

/**
 * Makes an IPNS record and puts it into the DHT (https://specs.ipfs.tech/ipns/ipns-record/). One look-up finds both the
 * newest record that there is and the peers that are to store the new one.
 *
 * @param node - the node that asks
 * @param input - whom to ask, the key, and what the name is to stand for
 * @param context - signal, and the time limit of the whole query
 * @returns the record, who stored it, then the summary
 * @throws ToolkitError `usage` for a value that is too long, `negative` when fewer than `quorum` stored it, `timeout` at
 *   the deadline, or why nobody answered
 */
export async function* publishIpns(
  node: RunningNode,
  input: DhtInput & IpnsPublication,
  context: OperationContext,
): AsyncGenerator<IpnsRecord | StoredRecord | DhtSummaryRecord> {
  const { pair, quorum } = input
  const { key, text } = nameOfKey(pair)
  await using query = new Query(node, input, context)
  const lookup = new Lookup(query, key)
  const choice = new ValueChoice(query, key, {})
  {
    using share = lookupDeadline(query)
    const request = input.sequence === undefined ? ('GET_VALUE' as const) : ('FIND_NODE' as const)
    for await (const answer of lookup.answers({ type: request, key: key.bytes }, share.signal)) await choice.add(answer)
  }
  if (!query.statistics.anySucceeded) {
    const otherwise = 'no DHT peer answered'
    return yield* conclude(query, { found: false, complete: lookup.exhausted, otherwise }, context)
  }
  const sequence = input.sequence ?? nextSequence(choice, lookup)
  if (sequence === undefined) {
    const otherwise =
      choice.newest === undefined
        ? `it is not known which records of ${text} there are`
        : `the record of ${text} that there is has the last sequence`
    const suggestions = ['--sequence N publishes without asking for the newest record']
    return yield* conclude(query, { found: false, complete: lookup.exhausted, otherwise, suggestions }, context)
  }
  const { record, bytes } = await createIpns(pair, { ...input, sequence })
  yield record
  yield* putValueAt(query, { key, value: bytes, quorum }, lookup, context)
}

/** Undefined where there is none, or where those that have a newer record may not have been asked. */
function nextSequence({ newest }: ValueChoice, { exhausted }: Lookup): bigint | undefined {
  if (newest === undefined) return exhausted ? 0n : undefined
  return newest.sequence === mostUint64 ? undefined : newest.sequence + 1n
}
