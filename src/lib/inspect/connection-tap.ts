import type {
  Connection,
  MessageStream,
  MultiaddrConnection,
  PeerId,
  SecuredConnection,
  Stream,
  StreamCloseEvent,
} from '@libp2p/interface'
import { tapBytes } from './byte-tap.ts'
import type { FailedConnection, NegotiatedLayers } from './connection-facts.ts'
import type { Observed } from './event.ts'
import type { Inspector } from './inspector.ts'
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
  readonly #id: string
  readonly #beganAt = performance.now()
  readonly #bytes = new LayerBytes()
  #isSecured = false
  #closedHere = false

  /** @param inspector - receives the events */
  constructor(inspector: Inspector) {
    this.#inspector = inspector
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
      const ms = performance.now() - this.#beganAt
      this.observe({ layer: 'transport', type: 'connected', detail: { address, ms } })
    }
    const negotiation = negotiates ? securityNegotiation((observed) => this.observe(observed)) : undefined
    tapBytes(connection, {
      sent: (bytes) => this.#onRaw('sent', bytes, negotiation),
      received: (bytes) => this.#onRaw('received', bytes, negotiation),
    })
    const close = connection.close.bind(connection)
    connection.close = async (options) => {
      this.#closedHere = true
      await close(options)
    }
    connection.addEventListener('close', (event) => {
      this.observe({ layer: 'transport', type: 'closed', detail: this.#endOf(event) })
    })
  }

  /** A pre-shared key protects the raw connection: the negotiation of the security protocol is within. */
  protected(connection: MessageStream, ms: number): void {
    this.observe({ layer: 'security', type: 'network-protected', detail: { ms } })
    const negotiation = securityNegotiation((observed) => this.observe(observed))
    tapBytes(connection, {
      sent: (bytes) => negotiation.feed('sent', bytes),
      received: (bytes) => negotiation.feed('received', bytes),
    })
  }

  /** The security handshake is done. */
  secured({ connection, remotePeer, streamMuxer }: SecuredConnection, protocol: string, ms: number): void {
    const earlyMuxer = streamMuxer?.protocol
    this.#onHandshake(remotePeer, protocol, earlyMuxer, ms)
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
    const peer = this.peer ?? ''
    new StreamTap({ observe, peer, bytes: this.#bytes }, this.#inspector).attach(stream)
  }

  /** libp2p has made a connection of it. */
  opened(connection: Connection, { security, muxer, earlyMuxer }: NegotiatedLayers): void {
    this.peer = connection.remotePeer.toString()
    const { id, direction, remoteAddr, limits } = connection
    const detail = {
      id,
      direction,
      peer: this.peer,
      address: remoteAddr.toString(),
      security,
      muxer,
      earlyMuxer,
      limited: limits != null,
    }
    this.observe({ layer: 'connection', type: 'opened', detail })
    connection.addEventListener('close', (event) => {
      this.observe({ layer: 'connection', type: 'closed', detail: this.#endOf(event) })
      this.observe({ layer: 'connection', type: 'bytes-counted', detail: this.#bytes.count(this.#isSecured) })
    })
  }

  /** It did not become a libp2p connection. */
  failed({ layer, code, message }: FailedConnection): void {
    if (layer === 'transport' || layer === 'security' || layer === 'muxer') {
      this.observe({ layer, type: 'failed', detail: { code, message } })
    } else this.observe({ layer: 'connection', type: 'failed', detail: { code, message } })
  }

  #onHandshake(remotePeer: PeerId, protocol: string, earlyMuxer: string | undefined, ms: number): void {
    this.peer = remotePeer.toString()
    const detail = {
      protocol,
      peer: this.peer,
      keyType: remotePeer.type.toLowerCase(),
      ...(earlyMuxer && { earlyMuxer }),
      ms,
    }
    this.observe({ layer: 'security', type: 'handshake-finished', detail })
  }

  #onRaw(direction: Direction, bytes: Uint8Array, negotiation: Negotiation | undefined): void {
    this.#bytes.transport[direction] += bytes.length
    const type = direction === 'sent' ? 'chunk-sent' : 'chunk-received'
    this.observe({ layer: 'transport', type, detail: { bytes: bytes.length } })
    if (!this.#isSecured) negotiation?.feed(direction, bytes)
  }

  /** libp2p says who broke a connection, not who closed it in order. */
  #endOf({ error, local }: StreamCloseEvent): { by: 'local' | 'remote'; reason: string } {
    const here = error === undefined ? this.#closedHere : local === true
    return { by: here ? 'local' : 'remote', reason: error?.message ?? 'closed' }
  }
}
