import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DialPace } from './dial-pace.ts'
import { Pace } from './pace.ts'

/** js-libp2p leaves the sixth stream in a second on an mplex connection without an answer. */
const mplexGapMs = 250

/** Spaces out what a scan does to a peer. */
export class ScanPace {
  readonly #dials: DialPace
  readonly #rate: Pace
  readonly #mplex: Pace

  /**
   * @param dials - paces the dials of all scans of the command
   * @param perSecond - streams a second at most, and connections; streams over mplex are slower still
   */
  constructor(dials: DialPace, perSecond: number) {
    const gapMs = 1000 / perSecond
    this.#dials = dials
    this.#rate = new Pace(1, gapMs)
    this.#mplex = new Pace(1, Math.max(gapMs, mplexGapMs))
  }

  /**
   * Waits until the peer may be dialled.
   *
   * @param addresses - the peer's
   * @param signal - ends the wait
   * @returns a place among the dials under way; dispose it when the dial has ended
   * @throws the signal's reason
   */
  async dial(addresses: Multiaddr[], signal: AbortSignal): Promise<Disposable> {
    await this.#rate.turn('', signal)
    return await this.#dials.enter(addresses, signal)
  }

  /** Counts a dial for the host that it led to; see `DialPace`. */
  dialed(reached: Multiaddr, entered: Multiaddr[]): void {
    this.#dials.count(reached, entered)
  }

  /**
   * Waits until the next stream may be opened.
   *
   * @param connection - what it is opened on
   * @param signal - ends the wait
   * @throws the signal's reason
   */
  async stream(connection: Connection, signal: AbortSignal): Promise<void> {
    const pace = connection.multiplexer?.startsWith('/mplex/') ? this.#mplex : this.#rate
    await pace.turn('', signal)
  }
}
