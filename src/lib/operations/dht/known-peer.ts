import type { Multiaddr } from '@multiformats/multiaddr'
import type { Target } from '../../addresses/target.ts'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import { commonPrefixLength, distance, kadKey } from '../../keys/kad-key.ts'
import { parsePeerId } from '../../keys/peer-id.ts'

/** A peer that a lookup knows of. */
export interface KnownPeer {
  target: Target
  /** referrals from the peers that were known at first */
  hops: number
  /** who introduced it */
  by?: string
  state: 'known' | 'asked' | 'answered' | 'failed'
  /** from the key; zero, the closest there is, while its peer ID is not known; empty where there is no key */
  distance: Uint8Array
  /** addresses that were told after it was asked: the first that were told may have been false */
  spare: Multiaddr[]
  /** how often it was asked */
  tries: number
  /** why it did not answer, the last time that it did not */
  failure?: ToolkitError
}

/** A peer that has answered, and so has proved its ID. */
export interface AnsweredPeer extends KnownPeer {
  target: Target & { peer: string }
  state: 'answered'
}

/** A peer that has not answered. */
export interface FailedPeer extends KnownPeer {
  state: 'failed'
  failure: ToolkitError
}

/** Addresses of one peer that are kept, and how often a lookup tries to reach it. */
const mostAddresses = 16
const mostTries = 2

/**
 * Makes a known peer of one that is known from the beginning.
 *
 * @param target - the peer
 * @param place - of the key; absent where the peer is asked for no single one
 * @returns the peer
 */
export function seedOf(target: Target, place: Uint8Array = new Uint8Array()): KnownPeer {
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
 * @returns their number; undefined while its peer ID is not known, and where there is no key
 */
export function cplOf({ target, distance }: KnownPeer): number | undefined {
  return target.peer === undefined || distance.length === 0 ? undefined : commonPrefixLength(distance)
}

/**
 * Whether a peer has answered.
 *
 * @param peer - a known peer
 * @returns true where it has, and so has proved its ID
 */
export function hasAnswered(peer: KnownPeer): peer is AnsweredPeer {
  return peer.state === 'answered' && peer.target.peer !== undefined
}

/**
 * Whether a peer has failed, and is not to be asked again.
 *
 * @param peer - a known peer
 * @returns true where it has
 */
export function hasFailed(peer: KnownPeer): peer is FailedPeer {
  return peer.state === 'failed' && peer.failure !== undefined
}

/**
 * How far away the furthest of some peers is.
 *
 * @param peers - known peers
 * @returns the referrals to it; undefined for none
 */
export function furthestHops(peers: KnownPeer[]): number | undefined {
  return peers.length === 0 ? undefined : Math.max(...peers.map(({ hops }) => hops))
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
  if (peer.state === 'failed') askAgain(peer)
}

/**
 * Notes that a request to a peer failed. It is asked once more where other addresses are known by now.
 *
 * @param peer - a known peer
 * @param failure - why
 */
export function failed(peer: KnownPeer, failure: ToolkitError): void {
  peer.state = 'failed'
  peer.failure = failure
  askAgain(peer)
}

function askAgain(peer: KnownPeer): void {
  if (peer.spare.length === 0 || peer.tries >= mostTries) return
  peer.target.addresses = peer.spare.splice(0)
  peer.state = 'known'
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
