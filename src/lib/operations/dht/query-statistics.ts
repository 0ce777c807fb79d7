import { exitCodeOf } from '../../errors/exit-codes.ts'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtSummaryRecord } from '../../records/dht.ts'
import { type KnownPeer, nameOf } from './known-peer.ts'

/** Problems that a summary repeats. */
const mostProblems = 20

/** Counts the peers that one query asks, by what became of the last request to each. */
export class QueryStatistics {
  /** the failure with the highest exit code */
  worst: ToolkitError | undefined
  /** by name: a walk goes on for long, and its peers are not to be kept with all their addresses */
  readonly #peers = new Map<string, 'asked' | 'answered' | 'failed'>()
  #anySucceeded = false
  #furthest = 0
  readonly #problems: string[] = []
  readonly #started = performance.now()

  /** Whether any request was answered. */
  get anySucceeded(): boolean {
    return this.#anySucceeded
  }

  /** Peers, by their names, of whom an answer is still expected. */
  get unanswered(): string[] {
    return [...this.#peers].filter(([, outcome]) => outcome === 'asked').map(([name]) => name)
  }

  /** Milliseconds since the query began. */
  get elapsedMs(): number {
    return performance.now() - this.#started
  }

  /** A peer is asked. */
  asked(peer: KnownPeer): void {
    this.#peers.set(nameOf(peer), 'asked')
  }

  /** A peer answered that was asked by a name, which its ID replaces. */
  succeeded(peer: KnownPeer, askedAs: string): void {
    this.#settle(peer, askedAs, 'answered')
    this.#anySucceeded = true
    this.#furthest = Math.max(this.#furthest, peer.hops)
  }

  /** A request failed, to a peer that was asked by a name. */
  failed(peer: KnownPeer, askedAs: string, failure: ToolkitError): void {
    this.#settle(peer, askedAs, 'failed')
    if (this.worst === undefined || exitCodeOf(failure.code) > exitCodeOf(this.worst.code)) this.worst = failure
  }

  /** Something was wrong with an answer. */
  fault(problem: string): void {
    if (this.#problems.length < mostProblems) this.#problems.push(problem)
  }

  /**
   * What the query came to.
   *
   * @param complete - it ended of itself
   * @param hops - referrals to who gave the answer; those to the furthest that answered when absent
   * @returns the summary
   */
  summary(complete: boolean, hops: number | undefined): DhtSummaryRecord {
    const outcomes = [...this.#peers.values()]
    return {
      type: 'summary',
      queried: outcomes.length,
      succeeded: outcomes.filter((outcome) => outcome === 'answered').length,
      failed: outcomes.filter((outcome) => outcome === 'failed').length,
      hops: hops ?? this.#furthest,
      complete,
      elapsedMs: this.elapsedMs,
      ...(this.#problems.length > 0 && { problems: this.#problems }),
    }
  }

  #settle(peer: KnownPeer, askedAs: string, outcome: 'answered' | 'failed'): void {
    this.#peers.delete(askedAs)
    this.#peers.set(nameOf(peer), outcome)
  }
}
