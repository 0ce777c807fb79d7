import { parsePeerId } from '../../keys/peer-id.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord, PeerRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { type Answer, Lookup } from './lookup.ts'
import { Query } from './query.ts'
import { keptAddresses, targetOf } from './told-peer.ts'

/**
 * Looks a peer up (kad-dht spec, "Peer routing"). Ends with the first answer that says where it is.
 *
 * @param node - the node that asks
 * @param input - whom to ask, and `peer`, the peer ID in base58btc
 * @param context - signal, and the time limit of the whole query
 * @returns the peer, then the summary
 * @throws ToolkitError `negative` when nobody knows it, `timeout` at the deadline, or why nobody answered
 */
export async function* findPeer(
  node: RunningNode,
  input: DhtInput & { peer: string },
  context: OperationContext,
): AsyncGenerator<PeerRecord | DhtSummaryRecord> {
  const { peer } = input
  await using query = new Query(node, input, context)
  const lookup = new Lookup(query, { bytes: parsePeerId(peer).multihash, text: peer })
  let found: { addresses: string[]; hops: number } | undefined
  for await (const answer of lookup.answers({ type: 'FIND_NODE', key: parsePeerId(peer).multihash })) {
    const addresses = addressesIn(answer, input)
    if (addresses.length === 0) continue
    found = { addresses, hops: answer.peer.hops }
    break
  }
  if (found !== undefined) yield { type: 'peer', peer, addresses: found.addresses }
  const complete = found !== undefined || lookup.exhausted
  const otherwise = `nobody said where ${peer} is`
  yield* conclude(query, { found: found !== undefined, complete, hops: found?.hops, otherwise }, context)
}

function addressesIn({ peer: from, message }: Answer, { network, peer }: DhtInput & { peer: string }): string[] {
  // who answers from where it was looked for is there: a peer to begin with, or one known by an address alone
  const own = from.target.peer === peer ? from.target.addresses.map(String) : []
  const told = message.closer.filter((closer) => closer.peer === peer)
  return targetOf(peer, [...own, ...told.flatMap((closer) => keptAddresses(network, closer))]).addresses.map(String)
}
