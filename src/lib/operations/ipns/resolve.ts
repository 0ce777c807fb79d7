import type { IpnsName } from '../../keys/ipns-name.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord } from '../../records/dht.ts'
import type { IpnsRecord } from '../../records/ipns.ts'
import type { OperationContext } from '../context.ts'
import { getValue } from '../dht/get-value.ts'
import type { DhtInput } from '../dht/input.ts'
import { describeIpns } from './describe.ts'

/**
 * Finds what an IPNS name stands for, through the DHT: the valid record with the highest sequence.
 *
 * @param node - the node that asks
 * @param input - whom to ask, the name, and how many peers that gave the best record are enough; all when absent
 * @param context - signal, and the time limit of the whole query
 * @returns the record, then the summary
 * @throws ToolkitError `negative` when nobody has a valid one, `timeout` at the deadline, or why nobody answered
 */
export async function* resolveIpns(
  node: RunningNode,
  input: DhtInput & { name: IpnsName; quorum?: number | undefined },
  context: OperationContext,
): AsyncGenerator<IpnsRecord | DhtSummaryRecord> {
  const { name } = input
  for await (const record of getValue(node, { ...input, key: name.key, validators: {} }, context)) {
    if (record.type === 'summary') yield record
    else {
      const { decodeIpnsRecord } = await import('../../protocols/ipns/record.ts')
      const entry = decodeIpnsRecord(Buffer.from(record.value, 'base64'))
      yield describeIpns(entry, { name: name.text, signature: 'valid', from: record.from })
    }
  }
}
