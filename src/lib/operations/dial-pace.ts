import type { Multiaddr } from '@multiformats/multiaddr'
import { until } from '../errors/deadline.ts'
import { Pace } from './pace.ts'

/** Dials that may be under way at once. */
const concurrentDials = 16
/** js-libp2p resets what comes beyond five new connections a second from one host, good peers or not. */
const dialsOfHost = 5
/** The second in which one host is dialled that often, in milliseconds: half more, since the other side sees them late. */
const windowMs = 1500

/** Bounds how many dials of a command are under way, and how fast one host is dialled. */
export class DialPace {
  #free = concurrentDials
  readonly #waiting: Array<() => void> = []
  readonly #hosts = new Pace(dialsOfHost, windowMs)

  /**
   * Waits until a peer may be dialled.
   *
   * @param addresses - those that one of will be dialled
   * @param signal - ends the wait; of all dials together
   * @returns a place among those under way; dispose it when the dial has ended
   * @throws the signal's reason when it aborts
   */
  async enter(addresses: Multiaddr[], signal: AbortSignal): Promise<Disposable> {
    await Promise.all([...new Set(addresses.map(hostOf))].map((host) => this.#hosts.turn(host, signal)))
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

  /**
   * Counts a dial for the host that it led to, where the place was asked for by a name.
   *
   * @param reached - the address of the connection
   * @param entered - the addresses that the place was asked for
   */
  count(reached: Multiaddr, entered: Multiaddr[]): void {
    if (!entered.some((address) => hostOf(address) === hostOf(reached))) this.#hosts.count(hostOf(reached))
  }
}

/** The IP address, or the name that leads to it. */
function hostOf(address: Multiaddr): string {
  return address.getComponents()[0]?.value ?? ''
}
