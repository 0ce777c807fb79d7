import type { CreateStreamOptions, StreamMuxerFactory } from '@libp2p/interface'
import { AbstractStreamMuxer } from '@libp2p/utils'
import { until } from '../../errors/deadline.ts'
import type { QuicConnection } from './connection.ts'
import type { NativeStream } from './native.ts'
import { QuicStream } from './stream.ts'

/** As many streams as the other side may open at once: all of them can come before anyone listens. */
const maxEarlyStreams = 256

/**
 * The streams of one QUIC connection in the shape of a stream muxer, which libp2p asks for.
 *
 * @param connection - the connection
 * @returns a factory that is good for this connection only
 */
export function quicMuxerFactory(connection: QuicConnection): StreamMuxerFactory {
  return { protocol: 'quic', createStreamMuxer: () => new QuicStreamMuxer(connection) }
}

class QuicStreamMuxer extends AbstractStreamMuxer<QuicStream> {
  readonly #connection: QuicConnection

  constructor(connection: QuicConnection) {
    super(connection, { protocol: 'quic', name: 'muxer', maxEarlyStreams })
    this.#connection = connection
    void this.#accept()
  }

  override async onCreateStream(options: CreateStreamOptions): Promise<QuicStream> {
    const opening = this.#connection.native.outboundStream()
    if (options.signal === undefined) return this.#streamOf(await opening, 'outbound')
    try {
      return this.#streamOf(await until(opening, options.signal), 'outbound')
    } catch (error) {
      opening.then(discard, () => {})
      throw error
    }
  }

  override onData(): void {
    throw new Error('a QUIC connection carries nothing outside of its streams')
  }

  // not at once: what the other side sent before it closed can still be read
  override onTransportClosed(): void {
    this.status = 'closed'
    this.#connection.ended.then((end) => {
      for (const stream of [...this.streams]) stream.onConnectionEnd(end)
    })
  }

  async #accept(): Promise<void> {
    try {
      while (true) {
        const native = await this.#connection.native.inboundStream()
        if (this.status === 'open') this.onRemoteStream(this.#streamOf(native, 'inbound'))
        else discard(native)
      }
    } catch (error) {
      this.log('no longer accepting streams - %e', error)
    }
  }

  #streamOf(native: NativeStream, direction: 'inbound' | 'outbound'): QuicStream {
    const log = this.#connection.log.newScope(`stream:${native.id()}:${direction}`)
    return new QuicStream(native, this.#connection, direction, log)
  }
}

function discard(stream: NativeStream): void {
  stream.resetWrite().catch(() => {})
  stream.stopRead().catch(() => {})
}
