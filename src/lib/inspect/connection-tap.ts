import type {
  Connection,
  MessageStream,
  MultiaddrConnection,
  PeerId,
  SecuredConnection,
  Stream,
} from '@libp2p/interface'
import { tapBytes } from './byte-tap.ts'
import { closedBy } from './closed-by.ts'
import { type FailedConnection, type NegotiatedLayers, openedDetail } from './connection-facts.ts'
import type { Observed } from './event.ts'
import type { Inspector, MessageDecoder } from './inspector.ts'
import { LayerBytes } from './layer-bytes.ts'
import { tapMuxer } from './muxer-tap.ts'
import type { Direction, Negotiation } from './negotiation.ts'
import { securityNegotiation } from './security-negotiation.ts'
import { StreamTap } from './stream-tap.ts'

/** Shows one connection, from its first raw byte to its last: each layer is handed to it as it comes about. */
export class ConnectionTap {
  /** the peer, once the security handshake has named it */
  peer: string | undefined
  readonly #inspector: Inspector
  readonly #decoderOf: (protocol: string, remote: string) => MessageDecoder | undefined
  readonly #id: string
  readonly #beganAt = performance.now()
  readonly #bytes = new LayerBytes()
  #isSecured = false

  /**
   * @param inspector - receives the events
   * @param decoderOf - makes the decoder of a protocol's messages with a remote peer, where there is one
   */
  constructor(inspector: Inspector, decoderOf: (protocol: string, remote: string) => MessageDecoder | undefined) {
    this.#inspector = inspector
    this.#decoderOf = decoderOf
    this.#id = inspector.nextConnection()
  }

  /** Tells an event of this connection. */
  observe(observed: Observed, stream?: string): void {
    this.#inspector.observe(observed, {
      connection: this.#id,
      ...(stream !== undefined && { stream }),
      ...(this.peer !== undefined && { peer: this.peer }),
    })
  }

  /** There is a raw connection: a socket is connected, or was accepted. */
  raw(connection: MultiaddrConnection, direction: 'inbound' | 'outbound', negotiates: boolean): void {
    this.#bytes.raw = connection
    const address = connection.remoteAddr.toString()
    if (direction === 'inbound') this.observe({ layer: 'transport', type: 'accepted', detail: { address } })
    else {
      const elapsedMs = performance.now() - this.#beganAt
      this.observe({ layer: 'transport', type: 'connected', detail: { address, elapsedMs } })
    }
    const negotiation = negotiates ? securityNegotiation((observed) => this.observe(observed)) : undefined
    tapBytes(connection, {
      sent: (bytes) => this.#onRaw('sent', bytes, negotiation),
      received: (bytes) => this.#onRaw('received', bytes, negotiation),
    })
    connection.addEventListener(
      'close',
      (event) => {
        this.observe({ layer: 'transport', type: 'closed', detail: closedBy(event, connection) })
        // libp2p's own connection ends on the same event
        queueMicrotask(() => {
          this.observe({ layer: 'connection', type: 'bytes-counted', detail: this.#bytes.count(this.#isSecured) })
        })
      },
      { once: true },
    )
  }

  /** A pre-shared key protects the raw connection: the negotiation of the security protocol is within. */
  protected(connection: MessageStream, elapsedMs: number): void {
    this.observe({ layer: 'security', type: 'network-protected', detail: { elapsedMs } })
    const negotiation = securityNegotiation((observed) => this.observe(observed))
    tapBytes(connection, {
      sent: (bytes) => negotiation.feed('sent', bytes),
      received: (bytes) => negotiation.feed('received', bytes),
    })
  }

  /** The security handshake is done. */
  secured({ connection, remotePeer, streamMuxer }: SecuredConnection, protocol: string, elapsedMs: number): void {
    const earlyMuxer = streamMuxer?.protocol
    this.#onHandshake(remotePeer, protocol, earlyMuxer, elapsedMs)
    this.#isSecured = true
    tapMuxer(connection, earlyMuxer, this.#bytes.secured, (observed) => this.observe(observed))
  }

  /** The transport has secured the connection itself, and brings its own muxer. */
  securedByTransport(remotePeer: PeerId | undefined, protocol: string, muxer: string): void {
    if (remotePeer !== undefined) this.#onHandshake(remotePeer, protocol, undefined, performance.now() - this.#beganAt)
    this.observe({ layer: 'muxer', type: 'negotiated', detail: { protocol: muxer, early: false } })
  }

  /** A stream exists; no protocol is agreed on yet. */
  stream(stream: Stream): void {
    const observe = (observed: Observed) => this.observe(observed, stream.id)
    const decoderOf = (protocol: string) => {
      const decoder = this.#decoderOf(protocol, this.peer ?? '')
      return this.#inspector.wants(decoder?.layer ?? 'protocol') ? decoder : undefined
    }
    new StreamTap({ observe, decoderOf, bytes: this.#bytes }).attach(stream)
  }

  /** libp2p has made a connection of it. */
  opened(connection: Connection, layers: NegotiatedLayers): void {
    this.peer = connection.remotePeer.toString()
    const detail = openedDetail(connection, layers)
    this.observe({ layer: 'connection', type: 'opened', detail })
    const raw = this.#bytes.raw
    connection.addEventListener(
      'close',
      (event) => this.observe({ layer: 'connection', type: 'closed', detail: closedBy(event, raw) }),
      { once: true },
    )
  }

  /** It, or a stream of it, did not come about. */
  failed({ layer, code, message }: FailedConnection): void {
    const detail = { code, message }
    const known = layer === 'transport' || layer === 'security' || layer === 'muxer'
    if (known || layer === 'stream' || layer === 'protocol') this.observe({ layer, type: 'failed', detail })
    else this.observe({ layer: 'connection', type: 'failed', detail })
  }

  /** This side gave it up while it was being made. */
  abandoned(reason: string): void {
    this.observe({ layer: 'transport', type: 'abandoned', detail: { reason } })
  }

  #onHandshake(remotePeer: PeerId, protocol: string, earlyMuxer: string | undefined, elapsedMs: number): void {
    this.peer = remotePeer.toString()
    const detail = {
      protocol,
      peer: this.peer,
      keyType: remotePeer.type.toLowerCase(),
      ...(earlyMuxer && { earlyMuxer }),
      elapsedMs,
    }
    this.observe({ layer: 'security', type: 'handshake-finished', detail })
  }

  #onRaw(direction: Direction, bytes: Uint8Array, negotiation: Negotiation | undefined): void {
    this.#bytes.transport[direction] += bytes.length
    // a line is sent before its bytes are, and received after them
    if (direction === 'sent' && !this.#isSecured) negotiation?.feed(direction, bytes)
    const type = direction === 'sent' ? 'chunk-sent' : 'chunk-received'
    this.observe({ layer: 'transport', type, detail: { bytes: bytes.length } })
    if (direction === 'received' && !this.#isSecured) negotiation?.feed(direction, bytes)
  }
}
