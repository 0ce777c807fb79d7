import type { AttemptRecord, AttemptSummaryRecord } from '../records/attempt.ts'
import { renderAttempt, renderAttemptSummary, renderAttempts } from './attempts.ts'
import type { Sink } from './sink.ts'

/** Prints attempts to scripts as each ends, and to people as one table of them all. */
export class AttemptPrinter {
  readonly #sink: Sink

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Takes an attempt that has ended. */
  readonly ended = async (attempt: AttemptRecord): Promise<void> => {
    if (this.#sink.json) await this.#sink.record(attempt, renderAttempt)
  }

  /**
   * Prints what the attempts came to.
   *
   * @param attempts - those that have ended, in order
   * @param summary - their summary
   * @param signal - when it has aborted, not all have ended, and there is no summary
   * @throws the signal's reason
   */
  async print(attempts: AttemptRecord[], summary: AttemptSummaryRecord, signal: AbortSignal): Promise<void> {
    if (!this.#sink.json && attempts.length > 0) await this.#sink.record(attempts, renderAttempts)
    signal.throwIfAborted()
    await this.#sink.record(summary, renderAttemptSummary)
  }
}
