import type { KnownPeer } from './known-peer.ts'

/** Peers of one lookup that are remembered; a liar can name any number. */
const mostPeers = 2000

/** The peers that a lookup knows of, the closest to its key first. */
export class Ranking {
  #peers: KnownPeer[] = []

  /** How many are known. */
  get size(): number {
    return this.#peers.length
  }

  /** Finds a peer by its ID. */
  find(peer: string): KnownPeer | undefined {
    return this.#peers.find(({ target }) => target.peer === peer)
  }

  /** Adds a peer; when there are too many, the furthest that was not asked yet is forgotten. */
  add(peer: KnownPeer): void {
    const place = this.#peers.findIndex((other) => Buffer.compare(peer.distance, other.distance) < 0)
    this.#peers.splice(place === -1 ? this.#peers.length : place, 0, peer)
    if (this.#peers.length <= mostPeers) return
    const furthest = this.#peers.findLastIndex(({ state }) => state === 'known')
    if (furthest !== -1) this.#peers.splice(furthest, 1)
  }

  /** Takes a peer out. */
  remove(peer: KnownPeer): void {
    this.#peers = this.#peers.filter((other) => other !== peer)
  }

  /** The closest of those that have not failed. */
  closest(count: number): KnownPeer[] {
    const found: KnownPeer[] = []
    for (const peer of this.#peers) {
      if (found.length === count) break
      if (peer.state !== 'failed') found.push(peer)
    }
    return found
  }
}
