import { dhtNetwork, isKept } from '../../addresses/dht-network.ts'
import { peerOf, type Target } from '../../addresses/target.ts'
import type { RunningNode } from '../../node/running-node.ts'

/** How many peers of the last time are looked up, and how many addresses of each: they came from strangers. */
const mostPeers = 100
const mostAddresses = 16

/**
 * Finds the peers of its DHT that a node knew when it last ran.
 *
 * @param node - a node with a DHT
 * @param signal - ends the search
 * @returns those that its datastore kept, with the addresses that are of use in the DHT; none without a datastore
 * @throws Error where the datastore cannot be read
 */
export async function peersOfLastTime(node: RunningNode, signal: AbortSignal): Promise<Target[]> {
  const { dht, datastore } = node.spec
  if (dht === undefined || datastore === undefined) return []
  const network = dhtNetwork(dht.network)
  const peers = await node.libp2p.peerStore.all({
    filters: [({ protocols }) => protocols.includes(network.protocol)],
    limit: mostPeers,
    signal,
  })
  return peers.flatMap(({ id, addresses }) => {
    const peer = id.toString()
    const kept = addresses
      .map(({ multiaddr }) => multiaddr)
      .filter((address) => isKept(network, address) && peerOf(address) === undefined)
      .slice(0, mostAddresses)
      .map((address) => address.encapsulate(`/p2p/${peer}`))
    return kept.length === 0 ? [] : [{ label: `/p2p/${peer}`, peer, addresses: kept }]
  })
}
