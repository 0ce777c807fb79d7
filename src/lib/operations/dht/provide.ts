import { type DhtNetwork, isKept } from '../../addresses/dht-network.ts'
import { networkAddress, peerOf } from '../../addresses/target.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord, StoredRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { furthestHops, nameOf } from './known-peer.ts'
import { Query } from './query.ts'
import { storeAtClosest } from './store.ts'

/**
 * Tells the DHT that the owner of this node's key provides something, at the addresses that are announced, else at those
 * that this node listens on (kad-dht spec, "Content provider advertisement"). `ADD_PROVIDER` has no answer: a peer has stored it when, asked on the same stream,
 * it names this node as a provider.
 *
 * @param node - the node that asks, with the key of the one that provides
 * @param input - whom to ask, the key of the content, the addresses to announce, none for those of the node itself
 * @param context - signal, and the time limit of the whole query
 * @returns who stored it, then the summary
 * @throws ToolkitError `usage` for addresses that servers drop, `negative` when nobody stored it, `timeout` at the
 *   deadline, or why nobody answered
 */
export async function* provide(
  node: RunningNode,
  input: DhtInput & { key: DhtKey; announce: string[] },
  context: OperationContext,
): AsyncGenerator<StoredRecord | DhtSummaryRecord> {
  const { key } = input
  const peer = node.peerId.toString()
  const addresses = announced(input, peer) ?? ownAddresses(node)
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

/**
 * Whether servers of a DHT keep none of the addresses that a node has bound.
 *
 * @param node - a node that listens
 * @param network - the DHT
 * @returns true where nobody could be told of it
 */
export function isHiddenFrom(node: RunningNode, network: DhtNetwork): boolean {
  return !node.libp2p.getMultiaddrs().some((address) => isKept(network, address))
}

/** All of them: which to keep is up to the servers. */
function ownAddresses(node: RunningNode): string[] {
  const addresses = node.transports.getAddrs().map(String)
  if (addresses.length > 0) return addresses
  throw refuse('servers drop providers without an address: pass --listen to stay and serve, or --announce')
}

function refuse(message: string): ToolkitError {
  return new ToolkitError('usage', message, { layer: 'routing' })
}

function announced({ announce, network }: DhtInput & { announce: string[] }, peer: string): string[] | undefined {
  if (announce.length === 0) return undefined
  return announce.map((text) => {
    const address = networkAddress(text)
    const owner = peerOf(address)
    if (owner !== undefined && owner !== peer) {
      throw refuse(`${text} is an address of ${owner}, not of this node, ${peer}: pass its --key`)
    }
    if (!isKept(network, address))
      throw refuse(`${text}: servers of ${network.name} keep ${network.keeps} addresses alone`)
    return owner === undefined ? text : text.slice(0, -`/p2p/${owner}`.length)
  })
}
