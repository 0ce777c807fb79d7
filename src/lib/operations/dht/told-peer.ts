import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { type DhtNetwork, isKept } from '../../addresses/dht-network.ts'
import { peerOf, type Target } from '../../addresses/target.ts'
import type { KadPeer } from '../../protocols/kad/message.ts'

/**
 * The addresses of a peer that a message speaks of, as far as the network keeps them. Those that end in another peer's
 * ID are left out, and so is a `/dnsaddr`, which leads to as many addresses as its owner likes.
 *
 * @param network - the DHT
 * @param told - the peer, as it was told
 * @returns some of its addresses, without the peer ID
 */
export function keptAddresses(network: DhtNetwork, { peer, addresses }: KadPeer): string[] {
  const kept = addresses.filter((text) => {
    const address = parsed(text)
    if (address === undefined || address.getComponents()[0]?.name === 'dnsaddr') return false
    return (peerOf(address) ?? peer) === peer && isKept(network, address)
  })
  return kept.map((text) => withoutPeer(text, peer))
}

/**
 * Makes a target of a peer that was told.
 *
 * @param peer - base58btc peer ID
 * @param addresses - with or without the peer ID
 * @returns the target; its addresses end in the peer ID
 */
export function targetOf(peer: string, addresses: string[]): Target & { peer: string } {
  const distinct = [...new Set(addresses.map((text) => withoutPeer(text, peer)))]
  const full = distinct.flatMap((text) => parsed(`${text}/p2p/${peer}`) ?? [])
  return { label: `/p2p/${peer}`, peer, addresses: full }
}

function withoutPeer(text: string, peer: string): string {
  const end = `/p2p/${peer}`
  return text.endsWith(end) ? text.slice(0, -end.length) : text
}

function parsed(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    // go-multiaddr reads what libp2p's own parser refuses
    return undefined
  }
}
