import { setImmediate } from 'node:timers/promises'

/** How long one stream of work keeps timers and sockets waiting, in milliseconds. */
const turnMs = 10

/** Gives timers and sockets their turn in a loop that waits for nothing else. */
export class Turns {
  #began = performance.now()

  /** Waits for a turn of the event loop where the last one was long ago. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < turnMs) return
    await setImmediate()
    this.#began = performance.now()
  }
}
