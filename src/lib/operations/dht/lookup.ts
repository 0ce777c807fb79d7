import { classify } from '../../errors/classify.ts'
import { until } from '../../errors/deadline.ts'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import { kadKey } from '../../keys/kad-key.ts'
import type { KadRequest } from '../../protocols/kad/encode.ts'
import type { KadMessage, KadPeer } from '../../protocols/kad/message.ts'
import { type AnsweredPeer, cplOf, type FailedPeer, failed, type KnownPeer, nameOf, seedOf } from './known-peer.ts'
import { concurrency, replication } from './parameters.ts'
import type { Query } from './query.ts'
import { Ranking } from './ranking.ts'
import { keptAddresses, targetOf } from './told-peer.ts'

/** What a peer said. */
export interface Answer {
  peer: KnownPeer
  message: KadMessage
}

type Outcome = Answer | { peer: KnownPeer; failure: ToolkitError }

/**
 * One iterative lookup (kad-dht spec, "Peer routing"): asks the closest peers that are known, and those that they
 * name, until the k closest have answered. With `from` that server alone is asked, once.
 */
export class Lookup {
  /** nobody is left to ask */
  exhausted = false
  readonly #query: Query
  readonly #key: DhtKey
  readonly #ranking: Ranking
  readonly #self: string

  /**
   * @param query - asks, and knows whom at first
   * @param key - what peers are to be close to
   */
  constructor(query: Query, key: DhtKey) {
    this.#query = query
    this.#key = key
    const place = kadKey(key.bytes)
    this.#ranking = new Ranking(place)
    this.#self = query.node.peerId.toString()
    const { from, bootstrap } = query.input
    for (const target of from === undefined ? bootstrap : [from]) this.#ranking.add(seedOf(target, place))
  }

  /** The k closest of those that have answered, the closest first. */
  get closest(): AnsweredPeer[] {
    return this.#ranking.answered(replication)
  }

  /** Those that did not answer, and are closer than the last of the k closest that did; k at most. */
  get failed(): FailedPeer[] {
    const last = this.closest[replication - 1]
    const isCloser = ({ distance }: KnownPeer) => last === undefined || Buffer.compare(distance, last.distance) < 0
    return this.#ranking.failed(replication).filter(isCloser)
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
          failed(outcome.peer, outcome.failure)
          this.#ranking.prove(outcome.peer)
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
    this.#ranking.prove(peer)
    if (this.#query.input.from === undefined) for (const told of message.closer) this.#introduce(told, peer)
  }

  #introduce(told: KadPeer, from: KnownPeer): void {
    const by = nameOf(from)
    if (told.peer === this.#self) return
    if (told.peer === by) {
      // it is no lie where that very peer is looked for
      if (from.distance.some((byte) => byte > 0)) this.#query.fault(from, 'it names itself as closer')
      return
    }
    const target = targetOf(told.peer, keptAddresses(this.#query.input.network, told))
    const peer = this.#ranking.introduce(target, from)
    const cpl = peer && cplOf(peer)
    if (peer === undefined || cpl === undefined) return
    const detail = { peer: told.peer, by, cpl, hops: peer.hops }
    this.#query.observe({ layer: 'routing', type: 'peer-introduced', detail })
  }
}
