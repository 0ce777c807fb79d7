import { exitCodeOf } from '../../errors/exit-codes.ts'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtSummaryRecord } from '../../records/dht.ts'
import type { KnownPeer } from './known-peer.ts'

/** Problems that a summary repeats. */
const mostProblems = 20

/** Counts what became of the requests of one query. */
export class QueryStatistics {
  queried = 0
  /** the failure with the highest exit code */
  worst: ToolkitError | undefined
  #succeeded = 0
  #failed = 0
  #furthest = 0
  readonly #problems: string[] = []
  readonly #started = performance.now()

  /** Whether any request was answered. */
  get anySucceeded(): boolean {
    return this.#succeeded > 0
  }

  /** Milliseconds since the query began. */
  get elapsedMs(): number {
    return performance.now() - this.#started
  }

  /** A peer answered. */
  succeeded(peer: KnownPeer): void {
    this.#succeeded++
    this.#furthest = Math.max(this.#furthest, peer.hops)
  }

  /** A request failed. */
  failed(failure: ToolkitError): void {
    this.#failed++
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
    return {
      type: 'summary',
      queried: this.queried,
      succeeded: this.#succeeded,
      failed: this.#failed,
      hops: hops ?? this.#furthest,
      complete,
      elapsedMs: this.elapsedMs,
      ...(this.#problems.length > 0 && { problems: this.#problems }),
    }
  }
}
