import { setTimeout as sleep } from 'node:timers/promises'
import type { NativeConnection, NativeStats } from './native.ts'

/** A write that was answered is known to have arrived when it fits into one packet. */
const onePacket = 1024
/** Packets carry at least this many bytes that are not a stream's: header, packet number, tag. */
const packetOverhead = 27
/** Nobody waits longer for an acknowledgement, in milliseconds. */
const longestWaitMs = 2000
/** An acknowledgement may be held back for 25 ms; after that a loss is probed for. */
const acknowledgedWithinMs = 40
/** What always fits into the other side's window: beyond it, a connection may be quiet because the reader is. */
const windowBytes = 256 * 1024
/** A reader that takes nothing for this long is not waited for, in milliseconds. */
const stalledMs = 10_000
/** A reader that has ended its own side is seldom quiet for longer, in milliseconds. */
const pausedMs = 400
/** How long a lone end of a stream may take to leave this machine, in milliseconds. */
const flushMs = 5
/** What moves when data leaves, or a reader takes some. */
const streamFrames = ['frameTxStream', 'frameRxMaxData', 'frameRxMaxStreamData'] as const

/**
 * Tells when what was written to the streams of a connection has arrived. The binding has no word for
 * that, and its `abort()` drops whatever is not acknowledged: the connection's counters tell.
 */
export class Delivery {
  readonly #connection: NativeConnection
  /** bytes written by each stream since the other side was last heard on it */
  readonly #unanswered = new Map<object, number>()
  #written = 0
  #lastWriteAt = Number.NEGATIVE_INFINITY
  #finishedSince = false
  #readerThere = false
  #streamFrames = 0

  /** @param connection - the connection to watch */
  constructor(connection: NativeConnection) {
    this.#connection = connection
  }

  /** Notes bytes that a stream is about to write. */
  wrote(stream: object, bytes: number): void {
    this.#unanswered.set(stream, (this.#unanswered.get(stream) ?? 0) + bytes)
    this.#written += bytes
    this.#lastWriteAt = performance.now()
  }

  /** Notes that a stream ends its writing. */
  finished(): void {
    this.#finishedSince = true
    this.#streamFrames = this.#connection.stats().frameTxStream
  }

  /** Notes that a stream received something: an answer to a small write. */
  heard(stream: object): void {
    if ((this.#unanswered.get(stream) ?? 0) <= onePacket) this.#unanswered.delete(stream)
  }

  /** Notes that both sides have ended a stream: much data may still be on its way, but its reader is there. */
  ended(stream: object): void {
    if ((this.#unanswered.get(stream) ?? 0) <= windowBytes) this.#unanswered.delete(stream)
    else this.#readerThere = true
  }

  /** Notes that a stream has nothing left to deliver: both sides have ended it, or it was reset. */
  settled(stream: object): void {
    this.#unanswered.delete(stream)
  }

  /**
   * Waits until all that was written has been acknowledged, as far as that can be told.
   *
   * @param ended - settles when the connection has ended, and with it the wait
   * @param signal - ends the wait
   * @param patience - `closing` waits two seconds at most, and only for recent writes; `delivering`
   *   waits for a slow reader: after much data, until nothing has moved for ten seconds
   */
  async complete(
    ended: Promise<unknown>,
    signal?: AbortSignal,
    patience: 'closing' | 'delivering' = 'closing',
  ): Promise<void> {
    const stop = new AbortController()
    ended.then(() => stop.abort())
    const patient = patience === 'delivering'
    const signals = patient ? [stop.signal] : [stop.signal, AbortSignal.timeout(longestWaitMs)]
    const until = AbortSignal.any(signal === undefined ? signals : [...signals, signal])
    try {
      const recent = performance.now() - this.#lastWriteAt < this.#recentMs
      const stalling = patient && this.#written > windowBytes ? (this.#readerThere ? pausedMs : stalledMs) : 0
      if (this.#unanswered.size > 0 && (patient || recent)) await this.#quiet(until, stalling)
      else if (this.#finishedSince) await this.#flushed(until)
    } catch (error) {
      if (!until.aborted) throw error
    }
  }

  get #recentMs(): number {
    return longestWaitMs + 10 * this.#connection.rtt()
  }

  /** The end of a stream is a frame that has to leave before the connection is closed: nothing follows that. */
  async #flushed(until: AbortSignal): Promise<void> {
    const giveUpAt = performance.now() + flushMs
    while (this.#connection.stats().frameTxStream === this.#streamFrames && performance.now() < giveUpAt) {
      await sleep(1, undefined, { signal: until })
    }
  }

  async #quiet(until: AbortSignal, atLeastMs: number): Promise<void> {
    let last = this.#connection.stats()
    let acknowledged = true
    let quietSince = performance.now()
    let stillSince = quietSince
    while (true) {
      await sleep(2, undefined, { signal: until })
      const now = this.#connection.stats()
      if (now.frameTxStream !== last.frameTxStream || now.frameTxPing !== last.frameTxPing) acknowledged = false
      if (now.frameRxAcks !== last.frameRxAcks) acknowledged = true
      if (now.udpTxBytes !== last.udpTxBytes || now.udpRxBytes !== last.udpRxBytes || this.#heldBack(now)) {
        quietSince = performance.now()
      }
      // not just any bytes: the connection is kept alive every few seconds
      if (streamFrames.some((frames) => now[frames] !== last[frames])) stillSince = performance.now()
      last = now
      const quietMs = performance.now() - quietSince
      const quietEnough = acknowledgedWithinMs + 3 * this.#connection.rtt()
      if (acknowledged && quietMs >= quietEnough && performance.now() - stillSince >= atLeastMs) return
    }
  }

  /** True when fewer bytes have left than were written: a reader that stalls is as quiet as one that has everything. */
  #heldBack(stats: NativeStats): boolean {
    // the bytes of lost packets include their overhead
    const arrivingPackets = stats.pathSentPackets - stats.pathLostPackets
    const sent = stats.udpTxBytes - stats.pathLostBytes - packetOverhead * arrivingPackets
    // the counters wrap at 2^32, and so does the difference
    return ((this.#written - sent) | 0) > 0
  }
}
