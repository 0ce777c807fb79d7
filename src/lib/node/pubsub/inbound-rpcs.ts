import type { Stream } from '@libp2p/interface'
import { LengthPrefixed } from '../../protocols/length-prefixed.ts'
import { longestRpcRead } from '../../protocols/pubsub/protocol.ts'
import { Turns } from './turns.ts'

/** RPCs that wait to be handled, in bytes, beyond which the sender has to wait. */
const highWater = 1024 * 1024
/** yamux may have announced a window of 16 MiB before it was paused: that much has to fit. */
const maxReadBuffer = 24 * 1024 * 1024

/** What becomes of what a peer sends. */
export interface RpcReceiver {
  /** handles an RPC; the next one waits for it */
  received(rpc: Uint8Array): Promise<void>
  /** the stream was reset: an RPC of more than `longestRpcRead` bytes was announced */
  tooLong(): void
}

/**
 * Reads RPCs from a stream, one after the other and no faster than they are handled: libp2p's gossipsub reads without
 * end. What had arrived when the stream ended is still handled.
 */
export class InboundRpcs {
  readonly #stream: Stream
  readonly #receiver: RpcReceiver
  readonly #frames = new LengthPrefixed(longestRpcRead)
  readonly #turns = new Turns()
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #isHandling = false

  /**
   * @param stream - an inbound stream that nobody reads from
   * @param receiver - handles what arrives
   */
  constructor(stream: Stream, receiver: RpcReceiver) {
    this.#stream = stream
    this.#receiver = receiver
    stream.maxReadBufferLength = maxReadBuffer
    stream.addEventListener('message', (event) => this.#take(event.data.subarray()))
    stream.addEventListener('remoteCloseWrite', () => void this.close())
  }

  /** Ends this side of the stream. */
  async close(): Promise<void> {
    await this.#stream.close().catch((error: Error) => this.#stream.abort(error))
  }

  #take(chunk: Uint8Array): void {
    for (const rpc of this.#frames.read(chunk)) {
      this.#waiting.push(rpc)
      this.#waitingBytes += rpc.length
    }
    if (this.#frames.isBroken) {
      this.#receiver.tooLong()
      this.#stream.abort(new Error(`an RPC of more than ${longestRpcRead} bytes`))
    }
    if (!this.#isHandling) void this.#handle()
    // not at once: libp2p announces a new window after it has handed out what was held back
    queueMicrotask(() => {
      if (this.#waitingBytes >= highWater && this.#stream.readStatus === 'readable') this.#stream.pause()
    })
  }

  async #handle(): Promise<void> {
    this.#isHandling = true
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      for (const rpc of batch) {
        await this.#receiver.received(rpc)
        this.#waitingBytes -= rpc.length
        await this.#turns.next()
      }
      if (this.#waitingBytes < highWater && this.#stream.readStatus === 'paused') this.#resume()
    }
    this.#isHandling = false
  }

  #next(): Uint8Array[] {
    const batch = this.#waiting
    this.#waiting = []
    return batch
  }

  /** Once the connection is closed, libp2p fails to announce a new window after it has handed out what was held back. */
  #resume(): void {
    try {
      this.#stream.resume()
    } catch (error) {
      if (this.#stream.status === 'open') this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
