import type { Connection, DialTransportOptions, MessageStream, MultiaddrConnection, Stream } from '@libp2p/interface'
import type { ConnectionTap } from '../../inspect/connection-tap.ts'
import { type FirstBytes, keepFirstBytes } from '../../inspect/first-bytes.ts'
import { Measurements } from './measurements.ts'
import type { UpgradePhase } from './phase.ts'
import { hasGreeting, recognise } from './recognise.ts'

/**
 * One attempt to make a libp2p connection: how far it got, what the other side sent first, and the
 * error of the layer that failed, which libp2p's upgrader replaces by its message.
 */
export class Upgrade {
  /** where its time and its bytes go */
  readonly measured = new Measurements()
  /** the first bytes on the wire; once a pre-shared key is agreed on, the first bytes below it */
  first: FirstBytes = { bytes: new Uint8Array(0) }
  /** what the failing layer threw */
  failure: unknown
  /** the other side, once the security handshake has named it */
  peer: string | undefined
  /** the muxer was agreed on inside the security handshake */
  earlyMuxer = false
  /** the raw connection that it is about */
  raw: MultiaddrConnection | undefined
  /** told of each stream that the other side opens, before a protocol is agreed on */
  onInboundStream: ((stream: Stream) => void) | undefined
  /** opens a stream on which nothing is negotiated yet, once there is a muxer */
  openBareStream: (() => Promise<Stream>) | undefined
  readonly direction: 'inbound' | 'outbound'
  /** shows every layer, where somebody asked for it */
  tap: ConnectionTap | undefined
  #phase: UpgradePhase = 'connecting'

  constructor(direction: 'inbound' | 'outbound') {
    this.direction = direction
  }

  get phase(): UpgradePhase {
    return this.#phase
  }

  set phase(phase: UpgradePhase) {
    this.#phase = phase
    this.measured.enter(phase)
  }

  /**
   * Watches a raw connection, or one that a pre-shared key protects. Where multistream-select has
   * to come first, anything else ends the wait for the rest of it; where a nonce has to,
   * multistream-select does.
   */
  watch(connection: MessageStream, comesFirst: 'multistream' | 'nonce' | 'anything'): void {
    this.first = keepFirstBytes(connection, (bytes) => {
      if (comesFirst === 'anything') return
      const unexpected = comesFirst === 'multistream' ? recognise(bytes).kind === 'other' : hasGreeting(bytes)
      if (!unexpected) return
      queueMicrotask(() => connection.abort(new Error(`no ${comesFirst} came first`)))
    })
  }
}

/** Upgrades under way, found again by the options that libp2p hands from layer to layer. */
const current = new WeakMap<object, Upgrade>()
/** Finished upgrades, found by the timeline that a raw connection shares with its libp2p connection. */
const finished = new WeakMap<object, Upgrade>()

/**
 * The progress listener that carries an upgrade through libp2p's layers: they pass `onProgress` on
 * in their options, so that it also identifies the upgrade.
 */
export type ProgressListener = NonNullable<DialTransportOptions['onProgress']>

/**
 * Makes the progress listener of an upgrade, which notes the phases that libp2p reports.
 *
 * @param upgrade - the upgrade to note them in
 * @param next - the caller's own listener
 * @returns a listener for `onProgress`
 */
export function progressOf(upgrade: Upgrade, next?: ProgressListener): ProgressListener {
  const listener: ProgressListener = (event) => {
    // as long as there is no raw connection, the events are those of the way to a relay
    if (upgrade.phase !== 'connecting') {
      if (event.type.startsWith('upgrader:encrypt-')) upgrade.phase = 'negotiating-security'
      if (event.type.startsWith('upgrader:multiplex-')) upgrade.phase = 'negotiating-muxer'
    }
    next?.(event)
  }
  current.set(listener, upgrade)
  return listener
}

/**
 * Finds the upgrade that a layer's call belongs to.
 *
 * @param options - the options that libp2p handed to the layer
 * @returns the upgrade, where the call is part of a watched one
 */
export function upgradeOf(options: object | undefined): Upgrade | undefined {
  if (options === undefined || !('onProgress' in options)) return undefined
  return typeof options.onProgress === 'function' ? current.get(options.onProgress) : undefined
}

/** Upgrades by what their security protocol made, which is what a muxer is given. */
const secured = new WeakMap<MessageStream, Upgrade>()

/** Remembers which upgrade a secured connection belongs to. */
export function keepSecured(connection: MessageStream, upgrade: Upgrade): void {
  secured.set(connection, upgrade)
}

/**
 * Finds the upgrade that a muxer is created in.
 *
 * @param connection - what the muxer is given
 * @returns its upgrade, where one is watched
 */
export function securedUpgrade(connection: MessageStream): Upgrade | undefined {
  return secured.get(connection)
}

/** Remembers a finished upgrade with its raw connection. */
export function keepUpgrade(raw: MultiaddrConnection, upgrade: Upgrade): void {
  upgrade.raw = raw
  finished.set(raw.timeline, upgrade)
}

/**
 * Finds how a connection came to be.
 *
 * @param connection - a libp2p connection
 * @returns its upgrade, where one was watched
 */
export function finishedUpgrade(connection: Connection): Upgrade | undefined {
  return finished.get(connection.timeline)
}
