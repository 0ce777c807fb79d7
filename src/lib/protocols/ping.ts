import { randomBytes } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { until } from '../errors/deadline.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** https://github.com/libp2p/specs/blob/master/ping/ping.md */
export const pingProtocol = '/ipfs/ping/1.0.0'

/** Bytes of a ping and of its pong. */
export const payloadBytes = 32
/** A dialer may keep a ping stream open for ever; one that says nothing for this long is gone. */
const idleMs = 120_000

/**
 * Answers pings on an inbound stream until the other side ends it, or is idle for two minutes.
 *
 * @param stream - an inbound stream
 */
export async function answerPing(stream: Stream): Promise<void> {
  try {
    const bytes = byteStream(stream, { maxBufferSize: 64 * 1024 })
    while (stream.remoteWriteStatus === 'writable' || stream.readBufferLength > 0) {
      const payload = await bytes.read({ bytes: payloadBytes, signal: AbortSignal.timeout(idleMs) })
      await bytes.write(payload, { signal: AbortSignal.timeout(idleMs) })
    }
    await stream.close({ signal: AbortSignal.timeout(idleMs) })
  } catch (error) {
    if (stream.remoteWriteStatus === 'writable') stream.abort(error instanceof Error ? error : new Error(String(error)))
    else await stream.close({ signal: AbortSignal.timeout(idleMs) }).catch(() => {})
  }
}

/** The other side ended the stream; a new one may still be answered. */
export class PingStreamEnded extends Error {
  override name = 'PingStreamEnded'
}

/**
 * A ping stream of this side: one payload at a time, many in its life, as the spec allows. Pongs are
 * taken from the stream's events as they arrive, so that the time is that of the arrival.
 */
export class PingStream {
  readonly #stream: Stream
  #received: Uint8Array = new Uint8Array(0)
  #waiting: { resolve: (arrivedAt: number) => void; reject: (error: Error) => void } | undefined
  #ended: Error | undefined

  /**
   * @param stream - a fresh outbound stream of the ping protocol
   */
  constructor(stream: Stream) {
    this.#stream = stream
    stream.addEventListener('message', (event) => this.#onData(event.data.subarray()))
    stream.addEventListener('end', () => this.#onEnd())
    stream.addEventListener('close', (event) => this.#onEnd(event.error))
  }

  /** Whether the other side has ended the stream. */
  get ended(): boolean {
    return this.#ended !== undefined
  }

  /**
   * Sends 32 random bytes and waits for the same to come back.
   *
   * @param signal - ends the wait
   * @returns the round trip in milliseconds, on the monotonic clock
   * @throws PingStreamEnded when the other side ended the stream, ToolkitError `protocol` when it
   *   sent anything else, and the signal's reason
   */
  async ping(signal: AbortSignal): Promise<number> {
    if (this.#ended !== undefined) throw this.#ended
    const payload = randomBytes(payloadBytes)
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    // sending can end the stream, and so this wait, before anybody waits
    promise.catch(() => {})
    this.#waiting = { resolve, reject }
    const sentAt = performance.now()
    try {
      this.#send(payload)
      const arrivedAt = await until(promise, signal)
      if (!payload.equals(this.#received)) throw violation('the pong differs from the ping')
      return arrivedAt - sentAt
    } finally {
      this.#waiting = undefined
      this.#received = new Uint8Array(0)
    }
  }

  /** Ends the stream: in order where nothing is outstanding, else by a reset. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#waiting === undefined && !signal.aborted) await this.#stream.close({ signal }).catch(() => {})
    else this.abort(new Error('ping ended'))
  }

  /** Resets the stream. */
  abort(error: Error): void {
    this.#stream.abort(error)
  }

  #send(payload: Uint8Array): void {
    try {
      this.#stream.send(payload)
    } catch (error) {
      throw new PingStreamEnded('the stream cannot be written to any more', { cause: error })
    }
  }

  #onData(data: Uint8Array): void {
    const arrivedAt = performance.now()
    const length = this.#received.length + data.length
    if (this.#waiting === undefined || length > payloadBytes) {
      const unasked = this.#waiting === undefined
      this.#fail(
        violation(unasked ? 'it sent a pong that was not asked for' : `the pong is longer than ${payloadBytes} bytes`),
      )
      return
    }
    this.#received = Buffer.concat([this.#received, data])
    if (length === payloadBytes) this.#waiting.resolve(arrivedAt)
  }

  #onEnd(error?: Error): void {
    this.#fail(new PingStreamEnded(error === undefined ? 'the other side ended the stream' : error.message))
  }

  #fail(error: Error): void {
    this.#ended ??= error
    this.#waiting?.reject(error)
    if (error instanceof ToolkitError) this.#stream.abort(error)
  }
}

function violation(message: string): ToolkitError {
  return new ToolkitError('protocol', `${pingProtocol} was broken: ${message}`, { layer: 'protocol' })
}
