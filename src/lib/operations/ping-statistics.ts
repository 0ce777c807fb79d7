import type { PingSummaryRecord } from '../records/ping.ts'

/** What a run of pings came to, kept in constant memory. */
export class PingStatistics {
  #transmitted = 0
  #received = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0
  #sum = 0
  #sumOfSquares = 0

  /** Counts an answered ping; the time is in milliseconds. */
  pong(rttMs: number): void {
    this.#transmitted++
    this.#received++
    this.#min = Math.min(this.#min, rttMs)
    this.#max = Math.max(this.#max, rttMs)
    this.#sum += rttMs
    this.#sumOfSquares += rttMs * rttMs
  }

  /** Counts a ping that was not answered. */
  lost(): void {
    this.#transmitted++
  }

  /** The figures that ping(8) prints; `mdev` is the standard deviation, as there. */
  summary(): Omit<PingSummaryRecord, 'type' | 'peer' | 'target'> {
    const lost = this.#transmitted - this.#received
    const counts = {
      transmitted: this.#transmitted,
      received: this.#received,
      lossPercent: this.#transmitted === 0 ? 0 : (100 * lost) / this.#transmitted,
    }
    if (this.#received === 0) return counts
    const avgMs = this.#sum / this.#received
    const mdevMs = Math.sqrt(Math.max(0, this.#sumOfSquares / this.#received - avgMs * avgMs))
    return { ...counts, minMs: this.#min, avgMs, maxMs: this.#max, mdevMs }
  }
}
