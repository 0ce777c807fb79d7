import type { Connection, MultiaddrConnection, StreamMuxerFactory, Transport, Upgrader } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { transportOf } from '../../addresses/transport-of.ts'
import { until } from '../../errors/deadline.ts'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import { noteClosing } from '../../inspect/closed-by.ts'
import type { ConnectionTap } from '../../inspect/connection-tap.ts'
import { Abandoned } from '../abandoned.ts'
import { layersOf } from '../connection-layers.ts'
import type { Components } from '../modules.ts'
import { explainUpgrade } from './explain-upgrade.ts'
import { override } from './override.ts'
import { probe } from './probe.ts'
import { recognise } from './recognise.ts'
import { keepUpgrade, progressOf, Upgrade, upgradeOf } from './upgrade.ts'
import { watchMuxer } from './watched-muxer.ts'

/** What a node does with what its transports report. */
export interface TransportWatch {
  /** true when a pre-shared key is in use: it changes what a failure means */
  privateNetwork: boolean
  /** makes what shows every layer of a connection, where somebody asked for it */
  tapConnection: (() => ConnectionTap) | undefined
  /** an inbound connection did not become a libp2p connection */
  onInboundFailed(failure: ToolkitError, remote?: Multiaddr): void
  /** an address could not be listened on */
  onListenFailed(error: unknown, address: Multiaddr): void
}

/**
 * Decorates a transport so that every upgrade is watched. A failed dial throws a ToolkitError that
 * names the layer and keeps the cause; a failed inbound connection and a failed listener are
 * reported, where libp2p only logs them.
 *
 * @param create - the transport's factory
 * @param watch - where reports go
 * @returns a factory of the decorated transport
 */
export function watchTransport(
  create: (components: Components) => Transport,
  watch: TransportWatch,
): (components: Components) => Transport {
  return (components) => {
    // the relay transport upgrades through its components, the others through their options
    const upgrader = watchUpgrader(components.upgrader, watch)
    const inner = create(Object.create(components, { upgrader: { value: upgrader } }))

    return override(inner, {
      async dial(address, options) {
        const upgrade = beginUpgrade('outbound', watch)
        upgrade.tap?.observe({ layer: 'transport', type: 'dial-started', detail: { address: address.toString() } })
        const onProgress = progressOf(upgrade, options.onProgress)
        try {
          const watched = watchUpgrader(components.upgrader, watch, upgrade)
          const dialling = inner.dial(address, { ...options, upgrader: watched, onProgress })
          return await until(dialling, options.signal)
        } catch (error) {
          const cause = options.signal.aborted ? options.signal.reason : error
          if (hungUpSilently(upgrade, address, options.signal)) {
            const said = await probe(address, options.signal)
            if (recognise(said).kind === 'other') upgrade.first.bytes = said
          }
          const failure = explainUpgrade(upgrade, cause, { address, privateNetwork: watch.privateNetwork })
          if (cause instanceof Abandoned) upgrade.tap?.abandoned(cause.message)
          else upgrade.tap?.failed(failure)
          throw failure
        }
      },
      createListener(options) {
        const listener = inner.createListener({ ...options, upgrader })
        const listen = listener.listen.bind(listener)
        listener.listen = async (address) => {
          try {
            await listen(address)
          } catch (error) {
            watch.onListenFailed(error, address)
            throw error
          }
        }
        return listener
      },
    })
  }
}

function watchUpgrader(inner: Upgrader, watch: TransportWatch, dialled?: Upgrade): Upgrader {
  return override(inner, {
    async upgradeOutbound(raw: MultiaddrConnection, options: Parameters<Upgrader['upgradeOutbound']>[1]) {
      const upgrade = dialled ?? upgradeOf(options) ?? beginUpgrade('outbound', watch)
      begin(upgrade, raw, options, watch)
      // QUIC does not pass the caller's options on, and cannot be stopped while it connects
      if (options.signal.aborted) raw.abort(options.signal.reason)
      const connection = await inner.upgradeOutbound(raw, {
        ...withMuxer(options, upgrade),
        onProgress: progressOf(upgrade, options.onProgress),
      })
      finish(raw, upgrade, connection)
      return connection
    },
    async upgradeInbound(raw: MultiaddrConnection, options: Parameters<Upgrader['upgradeInbound']>[1]) {
      const upgrade = beginUpgrade('inbound', watch)
      begin(upgrade, raw, options, watch)
      keepUpgrade(raw, upgrade)
      try {
        await inner.upgradeInbound(raw, { ...withMuxer(options, upgrade), onProgress: progressOf(upgrade) })
        upgrade.phase = 'upgraded'
      } catch (error) {
        const failure = explainUpgrade(upgrade, error, {
          address: raw.remoteAddr,
          privateNetwork: watch.privateNetwork,
        })
        upgrade.tap?.failed(failure)
        watch.onInboundFailed(failure, raw.remoteAddr)
        throw error
      }
    },
  })
}

function beginUpgrade(direction: 'inbound' | 'outbound', { tapConnection }: TransportWatch): Upgrade {
  const upgrade = new Upgrade(direction)
  upgrade.tap = tapConnection?.()
  return upgrade
}

/** A nonce comes first in a private network, and nothing of ours within QUIC, which is secured already. */
function begin(
  upgrade: Upgrade,
  raw: MultiaddrConnection,
  options: Parameters<Upgrader['upgradeOutbound']>[1],
  watch: TransportWatch,
): void {
  const secured = 'skipEncryption' in options
  noteClosing(raw)
  if (upgrade.direction === 'outbound') upgrade.measured.countWire(raw, secured)
  upgrade.watch(raw, secured ? 'anything' : watch.privateNetwork ? 'nonce' : 'multistream')
  upgrade.phase = watch.privateNetwork ? 'protecting' : 'negotiating-security'
  upgrade.tap?.raw(raw, upgrade.direction, !watch.privateNetwork && !secured)
  if (secured) upgrade.tap?.securedByTransport(options.remotePeer, 'quic-tls', options.muxerFactory?.protocol ?? 'quic')
}

/** QUIC brings its muxer along, where the others are given theirs. */
function withMuxer<Options extends { muxerFactory?: StreamMuxerFactory }>(options: Options, upgrade: Upgrade): Options {
  const { muxerFactory } = options
  return muxerFactory === undefined ? options : { ...options, muxerFactory: watchMuxer(muxerFactory, upgrade) }
}

function hungUpSilently(upgrade: Upgrade, address: Multiaddr, signal: AbortSignal): boolean {
  const negotiating = upgrade.phase === 'negotiating-security' && upgrade.first.bytes.length === 0
  return negotiating && !signal.aborted && transportOf(address) === 'tcp'
}

function finish(raw: MultiaddrConnection, upgrade: Upgrade, connection: Connection): void {
  upgrade.phase = 'upgraded'
  upgrade.measured.finish(raw)
  upgrade.peer = connection.remotePeer.toString()
  keepUpgrade(raw, upgrade)
  upgrade.tap?.opened(connection, layersOf(connection))
}
