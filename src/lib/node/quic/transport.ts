import { privateKeyToProtobuf } from '@libp2p/crypto/keys'
import {
  type ComponentLogger,
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type PrivateKey,
  type Transport,
  transportSymbol,
} from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import { peerOf } from '../../addresses/target.ts'
import { until } from '../../errors/deadline.ts'
import { endpointOf, quicAddresses } from './address.ts'
import { QuicConnection } from './connection.ts'
import { QuicListener } from './listener.ts'
import { loadNativeQuic, type NativeClient, type NativeConfig, type NativeQuic } from './native.ts'
import { quicMuxerFactory } from './stream-muxer.ts'

/** What this transport needs of a node. */
export interface QuicComponents {
  privateKey: PrivateKey
  logger: ComponentLogger
}

/** The limits of `@chainsafe/libp2p-quic`, so that both ends of a connection keep to what that one is used to. */
const settings = {
  handshakeTimeout: 5_000,
  maxIdleTimeout: 10_000,
  keepAliveInterval: 5_000,
  maxConcurrentStreamLimit: 256,
  maxStreamData: 10_000_000,
  maxConnectionData: 15_000_000,
  receiveBufferSize: 500_000,
  sendBufferSize: 500_000,
}

/**
 * The QUIC transport over the native binding of `@chainsafe/libp2p-quic`: that package's own streams
 * have no read back-pressure, take a lost connection for an end, and drop bytes when they close.
 *
 * @returns a promise of a transport factory; the binding is loaded
 * @throws Error when there is no binding for this platform
 */
export async function quicTransport(): Promise<(components: QuicComponents) => Transport> {
  const native = await loadNativeQuic()
  return (components) => new QuicTransport(native, components)
}

class QuicTransport implements Transport {
  readonly [Symbol.toStringTag] = 'quic'
  readonly [transportSymbol] = true
  readonly listenFilter = quicAddresses
  readonly dialFilter = quicAddresses
  readonly #native: NativeQuic
  readonly #components: QuicComponents
  readonly #config: NativeConfig
  readonly #clients = new Map<4 | 6, NativeClient>()

  constructor(native: NativeQuic, components: QuicComponents) {
    this.#native = native
    this.#components = components
    this.#config = new native.QuinnConfig({ ...settings, privateKeyProto: privateKeyToProtobuf(components.privateKey) })
  }

  start(): void {}

  stop(): void {
    for (const client of this.#clients.values()) client.abort()
    this.#clients.clear()
  }

  async dial(address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    options.signal.throwIfAborted()
    const { family, host, port } = endpointOf(address)
    const connecting = this.#client(family).outboundConnection(host, port)
    const native = await until(connecting, options.signal).catch((error) => {
      // the binding cannot be stopped while it connects
      connecting.then((late) => late.abort()).catch(() => {})
      throw error
    })
    const log = this.#components.logger.forComponent(`libp2p:quic:connection:${native.id()}:outbound`)
    const raw = new QuicConnection(native, 'outbound', log)
    try {
      const remotePeer = peerIdFromString(peerOf(raw.remoteAddr) ?? '')
      const expected = peerOf(address)
      if (expected !== undefined && !peerIdFromString(expected).equals(remotePeer)) {
        throw new Error(`Dialed peer ${expected} but connected to ${remotePeer}`)
      }
      return await options.upgrader.upgradeOutbound(raw, {
        skipEncryption: true,
        skipProtection: true,
        remotePeer,
        muxerFactory: quicMuxerFactory(raw),
        signal: options.signal,
      })
    } catch (error) {
      raw.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  createListener(options: CreateListenerOptions): Listener {
    return new QuicListener(this.#native, this.#config, this.#components.logger, options.upgrader)
  }

  /** A node that only listens binds no socket to dial from. */
  #client(family: 4 | 6): NativeClient {
    const client = this.#clients.get(family) ?? new this.#native.Client(this.#config, family === 4 ? 0 : 1)
    this.#clients.set(family, client)
    return client
  }
}
