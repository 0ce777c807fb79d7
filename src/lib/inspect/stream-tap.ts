import type { Stream } from '@libp2p/interface'
import { tapBytes } from './byte-tap.ts'
import type { ByteCount, Observed } from './event.ts'
import type { MessageDecoder } from './inspector.ts'
import { type Direction, Negotiation } from './negotiation.ts'

/** What a connection gives its streams: a way to tell events of theirs, and its sums. */
interface Owner {
  decoderOf(protocol: string): MessageDecoder | undefined
  observe(observed: Observed): void
  bytes: { streams: ByteCount; protocols: ByteCount }
}

/** Shows one stream: its negotiation, its first bytes, its messages and its end. */
export class StreamTap {
  readonly #owner: Owner
  readonly #openedAt = performance.now()
  readonly #bytes: ByteCount = { sent: 0, received: 0 }
  #protocol = ''
  #decoder: MessageDecoder | undefined

  /** @param owner - the stream's connection */
  constructor(owner: Owner) {
    this.#owner = owner
  }

  /** Begins to look at a stream that is new. */
  attach(stream: Stream): void {
    const by = stream.direction === 'inbound' ? 'remote' : 'local'
    this.#owner.observe({ layer: 'muxer', type: 'stream-started', detail: { by } })
    const negotiation = new Negotiation({
      line: (direction, line) => this.#owner.observe({ layer: 'stream', type: `line-${direction}`, detail: { line } }),
      agreed: (protocol) => this.#onAgreed(protocol),
      payload: (direction, bytes) => this.#onPayload(direction, bytes),
    })
    const take = (direction: Direction, bytes: Uint8Array) => {
      this.#owner.bytes.streams[direction] += bytes.length
      negotiation.feed(direction, bytes)
    }
    tapBytes(stream, { sent: (bytes) => take('sent', bytes), received: (bytes) => take('received', bytes) })
    this.#watchEnd(stream)
  }

  #watchEnd(stream: Stream): void {
    const closeWrite = stream.close.bind(stream)
    stream.close = async (options) => {
      if (stream.writeStatus === 'writable') {
        this.#owner.observe({ layer: 'stream', type: 'half-closed', detail: { by: 'local' } })
      }
      await closeWrite(options)
    }
    stream.addEventListener(
      'remoteCloseWrite',
      () => {
        this.#owner.observe({ layer: 'stream', type: 'half-closed', detail: { by: 'remote' } })
      },
      { once: true },
    )
    stream.addEventListener(
      'close',
      (event) => {
        const by = event.local === undefined ? undefined : event.local ? 'local' : 'remote'
        const reason = event.error?.message ?? 'closed'
        if (event.error !== undefined) {
          const resetBy = event.error.name === 'StreamResetError' ? 'remote' : (by ?? 'local')
          this.#owner.observe({ layer: 'stream', type: 'reset', detail: { by: resetBy, reason } })
        }
        const { sent, received } = this.#bytes
        this.#owner.observe({ layer: 'stream', type: 'closed', detail: { ...(by && { by }), sent, received } })
        this.#owner.observe({ layer: 'muxer', type: 'stream-ended', detail: { ...(by && { by }), reason } })
      },
      { once: true },
    )
  }

  #onAgreed(protocol: string): void {
    this.#protocol = protocol
    this.#decoder = this.#owner.decoderOf(protocol)
    this.#owner.observe({ layer: 'stream', type: 'negotiated', detail: { protocol } })
  }

  #onPayload(direction: Direction, bytes: Uint8Array): void {
    if (this.#bytes[direction] === 0) {
      const elapsedMs = performance.now() - this.#openedAt
      const type = direction === 'sent' ? 'first-byte-sent' : 'first-byte-received'
      this.#owner.observe({ layer: 'stream', type, detail: { elapsedMs } })
    }
    this.#bytes[direction] += bytes.length
    this.#owner.bytes.protocols[direction] += bytes.length
    const protocol = this.#protocol
    for (const message of this.#decoder?.read(direction, bytes) ?? []) {
      if (this.#decoder?.layer === 'pubsub') {
        this.#owner.observe({ layer: 'pubsub', type: `rpc-${direction}`, detail: { protocol, rpc: message } })
      } else this.#owner.observe({ layer: 'protocol', type: `message-${direction}`, detail: { protocol, message } })
    }
  }
}
