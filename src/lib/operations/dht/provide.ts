import { networkAddress, peerOf } from '../../addresses/target.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord, StoredRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { furthestHops, nameOf } from './known-peer.ts'
import { Query } from './query.ts'
import { storeAtClosest } from './store.ts'

/** Whom to ask, the key of the content, and the addresses to announce: none for those of the node itself. */
export interface Provision extends DhtInput {
  key: DhtKey
  announce: string[]
}

/**
 * Tells the DHT that the owner of this node's key provides something, at the addresses that are announced, else at those
 * that this node listens on (kad-dht spec, "Content provider advertisement"). `ADD_PROVIDER` has no answer: a peer has
 * stored it when, asked on the same stream, it names this node as a provider.
 *
 * @param node - the node that asks, with the key of the one that provides
 * @param input - whom to ask, and what to tell
 * @param context - signal, and the time limit of the whole query
 * @returns who stored it, then the summary
 * @throws ToolkitError `negative` when nobody stored it, `timeout` at the deadline, or why nobody answered
 */
export async function* provide(
  node: RunningNode,
  input: Provision,
  context: OperationContext,
): AsyncGenerator<StoredRecord | DhtSummaryRecord> {
  const { key, announce } = input
  const peer = node.peerId.toString()
  // which to keep is up to the servers
  const addresses = announce.length > 0 ? announce.map(withoutPeer) : node.transports.getAddrs().map(String)
  await using query = new Query(node, input, context)
  const about = { key: key.bytes, providers: [{ peer, addresses }] }
  const { peers, complete } = await storeAtClosest(
    query,
    key,
    [
      { type: 'ADD_PROVIDER', ...about },
      { type: 'GET_PROVIDERS', key: key.bytes },
    ],
    ({ providers }) => providers.some((provider) => provider.peer === peer),
  )
  yield { type: 'stored', key: key.text, acknowledged: peers.length, peers: peers.map(nameOf) }
  yield* conclude(
    query,
    { found: peers.length > 0, complete, hops: furthestHops(peers), otherwise: 'nobody stored it' },
    context,
  )
}

/** The answers of servers name a peer beside its addresses. */
function withoutPeer(text: string): string {
  const owner = peerOf(networkAddress(text))
  return owner === undefined ? text : text.slice(0, -`/p2p/${owner}`.length)
}
