/** Peers that are counted: whoever makes up peers gets no further. */
const mostPeers = 1000

interface Window {
  beganAt: number
  taken: number
}

/** Sees to it that no peer says more than anybody can read. */
export class FloodGuard {
  readonly #most: number
  readonly #windowMs: number
  readonly #windows = new Map<string, Window>()

  /**
   * @param most - things of one peer that are taken within a window
   * @param windowMs - the window, in milliseconds
   */
  constructor(most: number, windowMs: number) {
    this.#most = most
    this.#windowMs = windowMs
  }

  /**
   * Counts a thing.
   *
   * @param peer - whose it is
   * @returns false where there were too many
   */
  takes(peer: string): boolean {
    const now = performance.now()
    const last = this.#windows.get(peer)
    const window = last === undefined || now - last.beganAt >= this.#windowMs ? { beganAt: now, taken: 0 } : last
    if (window !== last) this.#keep(peer, window)
    window.taken++
    return window.taken <= this.#most
  }

  #keep(peer: string, window: Window): void {
    this.#windows.delete(peer)
    const [oldest] = this.#windows.size < mostPeers ? [] : this.#windows.keys()
    if (oldest !== undefined) this.#windows.delete(oldest)
    this.#windows.set(peer, window)
  }
}
