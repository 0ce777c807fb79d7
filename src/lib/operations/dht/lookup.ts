import { classify } from '../../errors/classify.ts'
import { until } from '../../errors/deadline.ts'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import { commonPrefixLength, kadKey } from '../../keys/kad-key.ts'
import type { KadRequest } from '../../protocols/kad/encode.ts'
import type { KadMessage, KadPeer } from '../../protocols/kad/message.ts'
import { distanceOf, failed, type KnownPeer, keptAddresses, learnAddresses, seedOf, targetOf } from './known-peer.ts'
import type { Query } from './query.ts'
import { Ranking } from './ranking.ts'

/** Peers that a record is stored with, k, and requests that are under way at once, alpha (kad-dht spec, "System parameters"). */
const replication = 20
const concurrency = 10

/** What a peer said. */
export interface Answer {
  peer: KnownPeer
  message: KadMessage
}

/** A peer that did not answer, and why. */
export interface Unanswered {
  peer: KnownPeer
  failure: ToolkitError
}

type Outcome = Answer | Unanswered

/**
 * One iterative lookup (kad-dht spec, "Peer routing"): asks the closest peers that are known, and those that they
 * name, until the k closest have answered. With `from` that server alone is asked, once.
 */
export class Lookup {
  /** nobody is left to ask */
  exhausted = false
  readonly #query: Query
  readonly #key: DhtKey
  readonly #place: Uint8Array
  readonly #ranking = new Ranking()
  readonly #self: string
  readonly #failures: Unanswered[] = []

  /**
   * @param query - asks, and knows whom at first
   * @param key - what peers are to be close to
   */
  constructor(query: Query, key: DhtKey) {
    this.#query = query
    this.#key = key
    this.#place = kadKey(key.bytes)
    this.#self = query.node.peerId.toString()
    const { from, bootstrap } = query.input
    for (const target of from === undefined ? bootstrap : [from]) this.#ranking.add(seedOf(target, this.#place))
  }

  /** The k closest of those that have answered, the closest first. */
  get closest(): KnownPeer[] {
    return this.#ranking
      .closest(this.#ranking.size)
      .filter(({ state }) => state === 'answered')
      .slice(0, replication)
  }

  /** Those that did not answer, and are closer than the last of the k closest that did; k at most. */
  get failed(): Unanswered[] {
    const last = this.closest[replication - 1]
    return this.#failures
      .filter(({ peer }) => peer.state === 'failed')
      .filter(({ peer }) => last === undefined || Buffer.compare(peer.distance, last.distance) < 0)
      .toSorted((a, b) => Buffer.compare(a.peer.distance, b.peer.distance))
      .slice(0, replication)
  }

  /**
   * Asks, and gives out each answer as it comes. Ends when nobody is left to ask, or at the query's deadline; whoever
   * stops reading ends the requests that are under way.
   *
   * @param request - what each peer is asked
   * @param deadline - ends it before the query's deadline
   * @returns answers, until `exhausted` or the deadline
   */
  async *answers(request: KadRequest, deadline: AbortSignal = this.#query.signal): AsyncGenerator<Answer> {
    const known = this.#ranking.size
    this.#query.observe({ layer: 'routing', type: 'lookup-started', detail: { key: this.#key.text, known } })
    const ending = new AbortController()
    const signal = AbortSignal.any([deadline, ending.signal])
    const underWay = new Map<KnownPeer, Promise<Outcome>>()
    try {
      while (!this.#settled() && !signal.aborted) {
        for (const peer of this.#next(concurrency - underWay.size)) {
          peer.state = 'asked'
          peer.tries++
          underWay.set(peer, this.#ask(peer, request, signal))
        }
        const outcome = await until(Promise.race(underWay.values()), signal).catch(() => undefined)
        // the deadline: nobody else ends it from within
        if (outcome === undefined) return
        underWay.delete(outcome.peer)
        if ('failure' in outcome) {
          failed(outcome.peer)
          this.#failures.push(outcome)
        } else {
          this.#answered(outcome)
          yield outcome
        }
      }
      this.exhausted = this.#settled()
    } finally {
      ending.abort(new Error('the lookup has ended'))
      const detail = { exhausted: this.exhausted, known: this.#ranking.size, ms: this.#query.statistics.elapsedMs }
      this.#query.observe({ layer: 'routing', type: 'lookup-finished', detail })
    }
  }

  #settled(): boolean {
    return this.#ranking.closest(replication).every(({ state }) => state === 'answered')
  }

  #next(count: number): KnownPeer[] {
    return this.#ranking
      .closest(replication)
      .filter(({ state }) => state === 'known')
      .slice(0, count)
  }

  async #ask(peer: KnownPeer, request: KadRequest, signal: AbortSignal): Promise<Outcome> {
    try {
      const { message } = await this.#query.ask(peer, [request], signal)
      return { peer, message }
    } catch (error) {
      return { peer, failure: classify(error) }
    }
  }

  #answered({ peer, message }: Answer): void {
    peer.state = 'answered'
    const { peer: id } = peer.target
    if (id === undefined) return
    this.#prove(peer, id)
    if (this.#query.input.from === undefined) for (const told of message.closer) this.#introduce(told, peer, id)
  }

  /** An address without a peer ID counts as the closest until it has proved one. */
  #prove(peer: KnownPeer, id: string): void {
    const distance = distanceOf(this.#place, id)
    if (Buffer.compare(distance, peer.distance) === 0) return
    this.#ranking.remove(peer)
    const same = this.#ranking.find(id)
    if (same !== undefined && same.state !== 'known') return
    if (same !== undefined) this.#ranking.remove(same)
    peer.distance = distance
    this.#ranking.add(peer)
  }

  #introduce(told: KadPeer, from: KnownPeer, by: string): void {
    if (told.peer === this.#self) return
    const target = targetOf(told.peer, keptAddresses(this.#query.input.network, told))
    const known = this.#ranking.find(told.peer)
    // it is no lie where that very peer is looked for
    if (told.peer === by && from.distance.some((byte) => byte > 0)) this.#query.fault(from, 'it names itself as closer')
    else if (known !== undefined) learnAddresses(known, target.addresses)
    if (known !== undefined || told.peer === by || target.addresses.length === 0) return
    const distance = distanceOf(this.#place, told.peer)
    const peer: KnownPeer = { target, hops: from.hops + 1, by, state: 'known', distance, spare: [], tries: 0 }
    this.#ranking.add(peer)
    const detail = { peer: told.peer, by, cpl: commonPrefixLength(distance), hops: peer.hops }
    this.#query.observe({ layer: 'routing', type: 'peer-introduced', detail })
  }
}
