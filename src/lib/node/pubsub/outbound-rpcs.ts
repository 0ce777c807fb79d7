import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { until } from '../../errors/deadline.ts'
import { writeVarint } from '../../protocols/protobuf.ts'
import type { RpcWriter } from './router.ts'

/** Unsent bytes of one peer, beyond which its RPCs are dropped: a peer that is slow is not to fill this side's memory. */
const maxUnsent = 16 * 1024 * 1024
/** What the muxer is given at a time: it makes one frame of it, and some refuse frames of more than 1 MiB. */
const maxChunk = 256 * 1024
/** How long a peer may take for what is left when its stream is closed, in milliseconds. */
const farewellMs = 2000

/** Writes RPCs to a stream, small ones together, and bounds what waits for a slow peer, which libp2p's gossipsub does not. */
export class OutboundRpcs implements RpcWriter {
  readonly #stream: Stream
  readonly #queue = new Uint8ArrayList()
  readonly #onDropped: () => void
  #isScheduled = false
  #waiting: Array<() => void> = []

  /**
   * @param stream - an outbound stream
   * @param onDropped - told of each RPC that is dropped
   */
  constructor(stream: Stream, onDropped: () => void) {
    this.#stream = stream
    this.#onDropped = onDropped
    stream.addEventListener('drain', () => this.#schedule())
    stream.addEventListener('close', () => this.#settle())
  }

  /** The protocol that was agreed on. */
  get protocol(): string {
    return this.#stream.protocol
  }

  /** Bytes that are not in the hands of the muxer yet. */
  get unsentBytes(): number {
    return this.#queue.byteLength + this.#stream.writeBufferLength
  }

  /** Sends an RPC; throws where it cannot be sent. */
  push(rpc: Uint8Array): void {
    this.pushPrefixed(new Uint8ArrayList(writeVarint(rpc.length), rpc))
  }

  /** Sends an RPC that has its length in front of it; throws where it cannot be sent. */
  pushPrefixed(rpc: Uint8ArrayList): void {
    if (this.#stream.writeStatus !== 'writable') throw new Error('the stream has ended')
    if (this.unsentBytes + rpc.byteLength > maxUnsent) {
      this.#onDropped()
      throw new Error('the peer is too slow')
    }
    this.#queue.append(rpc)
    this.#schedule()
  }

  /**
   * Waits until no more than this is unsent, or the stream has ended.
   *
   * @param bytes - unsent bytes that do not matter
   * @param signal - ends the wait
   */
  async below(bytes: number, signal: AbortSignal): Promise<void> {
    while (this.unsentBytes > bytes && this.#stream.writeStatus === 'writable') {
      await until(new Promise<void>((resolve) => this.#waiting.push(resolve)), signal)
    }
  }

  /** Ends the stream in order, once everything is sent. */
  async close(): Promise<void> {
    const signal = AbortSignal.timeout(farewellMs)
    try {
      await this.below(0, signal)
      await this.#stream.close({ signal })
    } catch (error) {
      this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #schedule(): void {
    if (!this.#isScheduled) setImmediate(() => this.#flush())
    this.#isScheduled = true
  }

  #flush(): void {
    this.#isScheduled = false
    try {
      while (this.#queue.byteLength > 0 && this.#stream.writeBufferLength === 0) {
        if (this.#stream.writeStatus !== 'writable') break
        const chunk = this.#queue.sublist(0, Math.min(maxChunk, this.#queue.byteLength))
        this.#queue.consume(chunk.byteLength)
        if (!this.#stream.send(chunk)) break
      }
    } catch (error) {
      this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
    this.#settle()
  }

  #settle(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
