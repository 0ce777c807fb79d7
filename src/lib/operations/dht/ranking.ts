import type { Target } from '../../addresses/target.ts'
import {
  type AnsweredPeer,
  distanceOf,
  type FailedPeer,
  hasAnswered,
  hasFailed,
  type KnownPeer,
  learnAddresses,
} from './known-peer.ts'

/** Peers of one lookup that are remembered; a liar can name any number. */
const mostPeers = 2000

/** The peers that a lookup knows of, the closest to its key first. */
export class Ranking {
  readonly #place: Uint8Array
  #peers: KnownPeer[] = []

  /** @param place - of the key */
  constructor(place: Uint8Array) {
    this.#place = place
  }

  /** How many are known. */
  get size(): number {
    return this.#peers.length
  }

  /** Adds a peer; when there are too many, the furthest that was not asked yet is forgotten. */
  add(peer: KnownPeer): void {
    const place = this.#peers.findIndex((other) => Buffer.compare(peer.distance, other.distance) < 0)
    this.#peers.splice(place === -1 ? this.#peers.length : place, 0, peer)
    if (this.#peers.length <= mostPeers) return
    const furthest = this.#peers.findLastIndex(({ state }) => state === 'known')
    if (furthest !== -1) this.#peers.splice(furthest, 1)
  }

  /**
   * Takes in a peer that another one has named.
   *
   * @param target - the peer, and where it is said to be
   * @param from - who named it
   * @returns the peer, where it was not known; nothing where it has no address
   */
  introduce(target: Target & { peer: string }, from: KnownPeer): KnownPeer | undefined {
    const known = this.#find(target.peer)
    if (known !== undefined) learnAddresses(known, target.addresses)
    if (known !== undefined || target.addresses.length === 0) return undefined
    const distance = distanceOf(this.#place, target.peer)
    const by = from.target.peer ?? from.target.label
    const peer: KnownPeer = { target, hops: from.hops + 1, by, state: 'known', distance, spare: [], tries: 0 }
    this.add(peer)
    return peer
  }

  /**
   * Puts a peer where its ID belongs: an address without one counts as the closest until it has proved one. Of a peer
   * that is known twice by then, the one that was asked stays, and after a failure the one that was not.
   *
   * @param peer - one that has answered, or failed
   */
  prove(peer: KnownPeer): void {
    const { target, state } = peer
    if (target.peer === undefined) return
    const distance = distanceOf(this.#place, target.peer)
    if (Buffer.compare(distance, peer.distance) === 0) return
    this.#remove(peer)
    const same = this.#find(target.peer)
    peer.distance = distance
    if (same !== undefined && (same.state !== 'known' || state === 'failed')) return
    if (same !== undefined) this.#remove(same)
    this.add(peer)
  }

  /** The closest of those that have not failed. */
  closest(count: number): KnownPeer[] {
    return first(count, this.#peers, (peer): peer is KnownPeer => peer.state !== 'failed')
  }

  /** The closest of those that have answered. */
  answered(count: number): AnsweredPeer[] {
    return first(count, this.#peers, hasAnswered)
  }

  /** The closest of those that have failed. */
  failed(count: number): FailedPeer[] {
    return first(count, this.#peers, hasFailed)
  }

  #find(peer: string): KnownPeer | undefined {
    return this.#peers.find(({ target }) => target.peer === peer)
  }

  #remove(peer: KnownPeer): void {
    this.#peers = this.#peers.filter((other) => other !== peer)
  }
}

function first<P extends KnownPeer>(count: number, peers: KnownPeer[], is: (peer: KnownPeer) => peer is P): P[] {
  const found: P[] = []
  for (const peer of peers) {
    if (found.length === count) break
    if (is(peer)) found.push(peer)
  }
  return found
}
