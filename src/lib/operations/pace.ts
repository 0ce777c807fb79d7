import { until } from '../errors/deadline.ts'

/** Lets a thing be done so many times within a window of time, for each key of its own. */
export class Pace {
  readonly #times: number
  readonly #windowMs: number
  /** by key, when its last turns were due, on the monotonic clock */
  readonly #due = new Map<string, number[]>()

  /**
   * @param times - turns of one key within a window, at most
   * @param windowMs - the window, in milliseconds
   */
  constructor(times: number, windowMs: number) {
    this.#times = times
    this.#windowMs = windowMs
  }

  /**
   * Waits until it is the turn of a key.
   *
   * @param key - what the turns are counted by
   * @param signal - ends the wait
   * @throws the signal's reason when it aborts
   */
  async turn(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const now = performance.now()
    const due = Math.max(now, (this.#due.get(key)?.at(-this.#times) ?? Number.NEGATIVE_INFINITY) + this.#windowMs)
    this.#keep(key, due)
    if (due === now) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, due - now)
    try {
      await until(promise, signal)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Counts a turn that nobody waited for. */
  count(key: string): void {
    this.#keep(key, Math.max(performance.now(), this.#due.get(key)?.at(-1) ?? 0))
  }

  #keep(key: string, due: number): void {
    this.#due.set(key, [...(this.#due.get(key) ?? []), due].slice(-this.#times))
  }
}
