import { setTimeout } from 'node:timers/promises'

/**
 * js-libp2p resets peers that open more than five connections a second from one host, and leaves the
 * sixth stream in a second on an mplex connection without an answer.
 */
const fourASecond = 250

/** What is spaced out: connections, and streams on them. */
export type Paced = 'connection' | 'stream' | 'mplex-stream'

/** Spaces out what a scan does to a peer. */
export class Pace {
  readonly #gapMs: Record<Paced, number>
  readonly #due: Record<Paced, number> = { connection: 0, stream: 0, 'mplex-stream': 0 }

  /**
   * @param perSecond - streams a second at most; connections, and streams over mplex, are slower still
   */
  constructor(perSecond: number) {
    const gapMs = 1000 / perSecond
    const slow = Math.max(gapMs, fourASecond)
    this.#gapMs = { connection: slow, stream: gapMs, 'mplex-stream': slow }
  }

  /**
   * Waits until the next one may be opened.
   *
   * @param kind - what is opened
   * @param signal - ends the wait
   * @throws the signal's reason
   */
  async turn(kind: Paced, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    const due = Math.max(now, this.#due[kind])
    this.#due[kind] = due + this.#gapMs[kind]
    if (due > now) await setTimeout(due - now, undefined, { signal }).catch(() => {})
    signal.throwIfAborted()
  }
}
