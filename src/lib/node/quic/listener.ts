import { setTimeout } from 'node:timers/promises'
import {
  AbortError,
  type ComponentLogger,
  type Listener,
  type ListenerEvents,
  type Logger,
  setMaxListeners,
  TypedEventEmitter,
  type Upgrader,
} from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import { peerOf } from '../../addresses/target.ts'
import { endpointOf, reachableAddresses, withPort } from './address.ts'
import { QuicConnection } from './connection.ts'
import type { NativeConfig, NativeConnection, NativeQuic, NativeServer } from './native.ts'
import { quicMuxerFactory } from './stream-muxer.ts'

/** From a failed handshake to the next one that is waited for, in milliseconds. */
const acceptPauseMs = 20

/** Handshakes that may be under way at once: a slow or silent dialer holds up one of them, not all. */
const concurrentHandshakes = 32

/** Accepts QUIC connections at one address. */
export class QuicListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #native: NativeQuic
  readonly #config: NativeConfig
  readonly #logger: ComponentLogger
  readonly #log: Logger
  readonly #upgrader: Upgrader
  readonly #shutdown = new AbortController()
  readonly #connections = new Set<QuicConnection>()
  #bound?: { server: NativeServer; address: Multiaddr }

  /**
   * @param native - the binding
   * @param config - keys and limits
   * @param logger - where libp2p logs
   * @param upgrader - makes libp2p connections of raw ones
   */
  constructor(native: NativeQuic, config: NativeConfig, logger: ComponentLogger, upgrader: Upgrader) {
    super()
    this.#native = native
    this.#config = config
    this.#logger = logger
    this.#log = logger.forComponent('libp2p:quic:listener')
    this.#upgrader = upgrader
    setMaxListeners(Number.POSITIVE_INFINITY, this.#shutdown.signal)
  }

  updateAnnounceAddrs(): void {}

  getAddrs(): Multiaddr[] {
    return this.#bound === undefined ? [] : reachableAddresses(this.#bound.address)
  }

  async listen(wanted: Multiaddr): Promise<void> {
    const { host, port } = endpointOf(wanted)
    const server = new this.#native.Server(this.#config, host, port)
    const address = withPort(wanted, server.port())
    this.#bound = { server, address }
    for (let waiting = 0; waiting < concurrentHandshakes; waiting++) void this.#accept(server, address)
    this.safeDispatchEvent('listening')
    this.#log('listening %a', address)
  }

  async close(): Promise<void> {
    if (this.#bound === undefined) return
    const { server, address } = this.#bound
    this.#bound = undefined
    this.#shutdown.abort(new AbortError('the listener was closed'))
    for (const connection of this.#connections) connection.abort(new Error('the listener was closed'))
    await server.abort()
    this.safeDispatchEvent('close')
    this.#log('closed %a', address)
  }

  async #accept(server: NativeServer, address: Multiaddr): Promise<void> {
    while (true) {
      try {
        const native = await server.inboundConnection()
        void this.#upgrade(native, address)
      } catch (error) {
        if (this.#shutdown.signal.aborted) return
        // these words are what `listenerLog` reports
        this.#log.error('%a error accepting connection - %e', address, error)
        // an endpoint that is broken for good answers at once, and for ever
        await setTimeout(acceptPauseMs)
      }
    }
  }

  async #upgrade(native: NativeConnection, address: Multiaddr): Promise<void> {
    const log = this.#logger.forComponent(`libp2p:quic:connection:${native.id()}:inbound`)
    const raw = new QuicConnection(native, 'inbound', log)
    this.#connections.add(raw)
    raw.addEventListener('close', () => this.#connections.delete(raw))
    try {
      this.#shutdown.signal.throwIfAborted()
      await this.#upgrader.upgradeInbound(raw, {
        skipEncryption: true,
        skipProtection: true,
        remotePeer: peerIdFromString(peerOf(raw.remoteAddr) ?? ''),
        muxerFactory: quicMuxerFactory(raw),
        signal: this.#shutdown.signal,
      })
    } catch (error) {
      this.#log.error('%a error handling inbound connection - %e', address, error)
      raw.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
