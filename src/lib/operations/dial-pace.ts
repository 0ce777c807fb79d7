import { setTimeout } from 'node:timers/promises'
import type { Multiaddr } from '@multiformats/multiaddr'
import { until } from '../errors/deadline.ts'

/** Dials that may be under way at once. */
const concurrentDials = 16
/** js-libp2p resets what comes beyond five new connections a second from one host, good peers or not. */
const dialsOfHost = 5
/** The second in which one host is dialled that often, with something to spare, in milliseconds. */
const windowMs = 1100

/** Bounds how many dials are under way, and how fast one host is dialled. */
export class DialPace {
  #free = concurrentDials
  readonly #waiting: Array<() => void> = []
  /** by host, when its last dials were due, on the monotonic clock */
  readonly #due = new Map<string, number[]>()

  /**
   * Waits until an address may be dialled.
   *
   * @param address - an address with nothing left to look up
   * @param signal - ends the wait; of all dials together
   * @returns a place among those under way; dispose it when the dial has ended
   * @throws when the signal aborts
   */
  async enter(address: Multiaddr, signal: AbortSignal): Promise<Disposable> {
    await this.#hostIsDue(address.getComponents()[0]?.value ?? '', signal)
    signal.throwIfAborted()
    if (this.#free > 0) this.#free--
    else {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.push(resolve)
      await until(promise, signal)
    }
    return {
      [Symbol.dispose]: () => {
        const next = this.#waiting.shift()
        if (next === undefined) this.#free++
        else next()
      },
    }
  }

  async #hostIsDue(host: string, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    const earlier = this.#due.get(host) ?? []
    const due = Math.max(now, (earlier.at(-dialsOfHost) ?? Number.NEGATIVE_INFINITY) + windowMs)
    this.#due.set(host, [...earlier, due].slice(-dialsOfHost))
    if (due > now) await setTimeout(due - now, undefined, { signal })
  }
}
