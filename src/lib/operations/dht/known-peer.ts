import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { type DhtNetwork, isKept } from '../../addresses/dht-network.ts'
import { peerOf, type Target } from '../../addresses/target.ts'
import { commonPrefixLength, distance, kadKey } from '../../keys/kad-key.ts'
import { parsePeerId } from '../../keys/peer-id.ts'
import type { KadPeer } from '../../protocols/kad/message.ts'

/** A peer that a lookup knows of. */
export interface KnownPeer {
  target: Target
  /** referrals from the peers that were known at first */
  hops: number
  /** who introduced it */
  by?: string
  state: 'known' | 'asked' | 'answered' | 'failed'
  /** from the key; zero, the closest there is, while its peer ID is not known */
  distance: Uint8Array
  /** addresses that were told after it was asked: the first that were told may have been false */
  spare: Multiaddr[]
  /** how often it was asked */
  tries: number
}

/** Addresses of one peer that are kept, and how often a lookup tries to reach it. */
const mostAddresses = 16
const mostTries = 2

/**
 * Makes a known peer of one that is known from the beginning.
 *
 * @param target - the peer
 * @param place - of the key
 * @returns the peer
 */
export function seedOf(target: Target, place: Uint8Array): KnownPeer {
  const distance = target.peer === undefined ? new Uint8Array(place.length) : distanceOf(place, target.peer)
  // a copy: the peer ID and further addresses are written into it
  const own = { ...target, addresses: [...target.addresses] }
  return { target: own, hops: 0, state: 'known', distance, spare: [], tries: 0 }
}

/**
 * The distance of a peer from a place in the key space.
 *
 * @param place - of the key
 * @param peer - base58btc peer ID
 * @returns 32 bytes
 */
export function distanceOf(place: Uint8Array, peer: string): Uint8Array {
  return distance(place, kadKey(parsePeerId(peer).multihash))
}

/**
 * The leading bits that a peer has in common with the key.
 *
 * @param peer - a known peer
 * @returns their number; undefined while its peer ID is not known
 */
export function cplOf({ target, distance }: KnownPeer): number | undefined {
  return target.peer === undefined ? undefined : commonPrefixLength(distance)
}

/**
 * Takes in further addresses of a peer. One that could not be reached at others is to be asked again.
 *
 * @param peer - a known peer
 * @param addresses - they end in its peer ID
 */
export function learnAddresses(peer: KnownPeer, addresses: Multiaddr[]): void {
  const { target, spare } = peer
  const fresh = addresses.filter((address) => ![...target.addresses, ...spare].some((other) => other.equals(address)))
  const list = peer.state === 'known' ? target.addresses : spare
  list.push(...fresh.slice(0, Math.max(0, mostAddresses - list.length)))
  if (peer.state === 'failed') failed(peer)
}

/**
 * Notes that a request to a peer failed. It is asked once more where other addresses are known by now.
 *
 * @param peer - a known peer
 */
export function failed(peer: KnownPeer): void {
  const again = peer.spare.length > 0 && peer.tries < mostTries
  if (again) peer.target.addresses = peer.spare.splice(0)
  peer.state = again ? 'known' : 'failed'
}

/**
 * A peer's name for events.
 *
 * @param peer - a known peer
 * @returns its peer ID, or its address while that is not known
 */
export function nameOf({ target }: KnownPeer): string {
  return target.peer ?? target.label
}

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
export function targetOf(peer: string, addresses: string[]): Target {
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
