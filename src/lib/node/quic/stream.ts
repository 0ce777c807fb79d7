import { setImmediate } from 'node:timers/promises'
import { ConnectionClosedError, type Logger, type MessageStreamDirection } from '@libp2p/interface'
import { AbstractStream, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { ConnectionEnd, QuicConnection } from './connection.ts'
import { type NativeStream, streamId } from './native.ts'

const maxReadBytes = 256 * 1024
const minReadBytes = 4 * 1024
/** Bytes that wait for a reader beyond which no more are fetched: QUIC's flow control then slows the sender. */
const highWater = 1024 * 1024
/** Longer writes are cut, so that a reset does not wait for all of a long one. */
const maxWriteBytes = 256 * 1024

/** A QUIC stream with back-pressure both ways, which tells a reset and a lost connection from an end. */
export class QuicStream extends AbstractStream {
  readonly #native: NativeStream
  readonly #connection: QuicConnection
  #reading = false
  #readBytes = maxReadBytes
  #writing = false
  #finishing?: Promise<void>
  /** the other side ended the stream after this side did: its reader is there, or has everything */
  #endAnswered = false

  /**
   * @param native - a stream that nobody reads from
   * @param connection - its connection
   * @param direction - who opened it
   * @param log - where libp2p logs
   */
  constructor(native: NativeStream, connection: QuicConnection, direction: MessageStreamDirection, log: Logger) {
    super({ id: streamId(native, direction === connection.direction), direction, log })
    this.#native = native
    this.#connection = connection
    this.addEventListener('close', () => {
      if (this.#endAnswered && !this.#writing) connection.delivery.ended(this)
    })
    void this.#read()
  }

  override sendData(data: Uint8ArrayList): SendResult {
    void this.#write(data)
    return { sentBytes: data.byteLength, canSendMore: false }
  }

  override sendReset(): void {
    this.#connection.delivery.settled(this)
    // each waits for a read or a write under way, so nobody waits for them
    this.#native.resetWrite().catch(() => {})
    this.#native.stopRead().catch(() => {})
  }

  override async sendCloseWrite(): Promise<void> {
    this.#connection.delivery.finished()
    this.#finishing = this.#native.finishWrite()
    await this.#finishing
    this.#finishing = undefined
  }

  // reading goes on, to see the other side's end: STOP_SENDING would make js-libp2p's own QUIC reset the stream
  override async sendCloseRead(): Promise<void> {
    void this.#read()
  }

  override sendPause(): void {}

  override sendResume(): void {
    void this.#read()
  }

  protected override dispatchReadBuffer(): void {
    super.dispatchReadBuffer()
    void this.#read()
  }

  /**
   * The connection has ended. What has arrived of an unfinished stream can still be read; only then is
   * it known how the stream ends.
   *
   * @param end - how the connection ended
   */
  onConnectionEnd(end: ConnectionEnd): void {
    if (end.by === 'local') this.onTransportClosed(end.error)
    else if (this.remoteWriteStatus !== 'closed') this.writeStatus = 'closed'
    else if (!this.#writing) this.onTransportClosed(end.error)
  }

  get #alive(): boolean {
    return this.status === 'open' || this.status === 'closing'
  }

  async #read(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    try {
      for (let room = this.#room(); room > 0; room = this.#room()) {
        const chunk = await this.#native.read(Math.min(room, this.#readBytes))
        if (chunk === null) return await this.#onEnd()
        // the binding keeps as much memory with a chunk as was asked for
        this.#readBytes = Math.min(maxReadBytes, Math.max(minReadBytes, 4 * chunk.length))
        this.#connection.delivery.heard(this)
        this.onData(chunk)
      }
      this.#reading = false
    } catch (error) {
      await this.#onReadFailed(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** How many bytes may be read now; `#reading` stays true after the end, where nothing is left to read. */
  #room(): number {
    if (this.readStatus === 'paused' || this.readBufferLength >= highWater) return 0
    return Math.max(0, this.maxReadBufferLength - this.readBufferLength)
  }

  async #onEnd(): Promise<void> {
    // the binding's promises settle in any order: the answer to this side's end must not come before that
    this.#endAnswered = this.#finishing !== undefined || this.writeStatus === 'closed'
    if (this.#finishing !== undefined) await this.#finishing.then(() => setImmediate())
    if (this.#alive) this.onRemoteCloseWrite()
  }

  async #onReadFailed(error: Error): Promise<void> {
    if (!this.#alive) return
    if (/^stream reset by peer/.test(error.message)) {
      this.sendReset()
      this.onRemoteReset()
    } else await this.#onBroken(error)
  }

  /** Ends the stream with what is known of the connection's end. */
  async #onBroken(error: Error): Promise<void> {
    if (!/^connection lost/.test(error.message)) return this.abort(error)
    const end = await this.#connection.ended
    if (end.by === 'local') this.onTransportClosed(end.error)
    else this.abort(end.error ?? new ConnectionClosedError('the connection was closed before the stream ended'))
  }

  async #write(data: Uint8ArrayList): Promise<void> {
    this.#writing = true
    try {
      for (let at = 0; at < data.byteLength && this.status !== 'aborted'; at += maxWriteBytes) {
        const piece = data.subarray(at, Math.min(at + maxWriteBytes, data.byteLength))
        this.#connection.delivery.wrote(this, piece.length)
        await this.#native.write(piece)
      }
    } catch (error) {
      await this.#onWriteFailed(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#writing = false
    }
    if (!this.#alive) return
    this.safeDispatchEvent('drain')
    if (this.#connection.status !== 'open' && this.#connection.status !== 'closing') {
      this.onConnectionEnd(await this.#connection.ended)
    }
  }

  async #onWriteFailed(error: Error): Promise<void> {
    if (!this.#alive) return
    if (!/^sending stopped by peer/.test(error.message)) return this.#onBroken(error)
    // the other side wants no more, and may still be answering
    this.#connection.delivery.settled(this)
    this.#native.resetWrite().catch(() => {})
    this.onRemoteCloseRead()
    this.writeStatus = 'closed'
    if (this.remoteWriteStatus === 'closed') this.onTransportClosed()
  }
}
