/** Requests of one peer that are taken within a window: twice of what this chat sends itself. */
const mostTaken = 100
/** The window, in milliseconds. */
export const windowMs = 5000
/** How many requests this chat sends within a window, at most. */
export const mostSent = mostTaken / 2
/** Peers that are counted: whoever makes up peers gets no further. */
const mostPeers = 1000

interface Window {
  beganAt: number
  taken: number
}

/** Sees to it that no peer says more than anybody can read. */
export class FloodGuard {
  readonly #windows = new Map<string, Window>()

  /**
   * Counts a request.
   *
   * @param peer - who made it
   * @returns false where it has made too many
   */
  takes(peer: string): boolean {
    const now = performance.now()
    const last = this.#windows.get(peer)
    const window = last === undefined || now - last.beganAt >= windowMs ? { beganAt: now, taken: 0 } : last
    if (window !== last) this.#keep(peer, window)
    window.taken++
    return window.taken <= mostTaken
  }

  #keep(peer: string, window: Window): void {
    this.#windows.delete(peer)
    const [oldest] = this.#windows.size < mostPeers ? [] : this.#windows.keys()
    if (oldest !== undefined) this.#windows.delete(oldest)
    this.#windows.set(peer, window)
  }
}
