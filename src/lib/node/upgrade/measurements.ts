import type { MessageStream } from '@libp2p/interface'
import { type ByteCounter, countBytes } from '../../inspect/byte-counter.ts'
import type { ByteCount } from '../../inspect/event.ts'
import { isMetered } from '../../inspect/wire-bytes.ts'
import type { UpgradePhase } from './phase.ts'

/** How long each step took, in milliseconds; a step that did not take place is absent. */
export interface UpgradeTimings {
  /** loading modules of this program, which is no part of the other steps */
  loadMs?: number
  /** until there was a raw connection: TCP, TLS and HTTP of WebSockets, all of QUIC, the way to and through a relay */
  transportMs: number
  /** the nonces of a private network */
  protectMs?: number
  /** agreeing on a security protocol */
  securityMs?: number
  /** the security handshake; a muxer may be agreed on within */
  handshakeMs?: number
  /** agreeing on a muxer afterwards */
  muxerMs?: number
}

/** Where the time and the bytes of one upgrade go, until the connection is open. */
export class Measurements {
  readonly #spent = new Map<UpgradePhase | 'loading', number>()
  #phase: UpgradePhase | 'loading' = 'connecting'
  #since = performance.now()
  #wire: ByteCounter | undefined
  #secured: ByteCounter | undefined
  #wireBytes: ByteCount | undefined
  #transportSecures = false

  /** Notes that the next phase begins. */
  enter(phase: UpgradePhase | 'loading'): void {
    const now = performance.now()
    this.#spent.set(this.#phase, (this.#spent.get(this.#phase) ?? 0) + now - this.#since)
    this.#phase = phase
    this.#since = now
  }

  /** Waits for a module, in a time that counts as loading. */
  async load<T>(loading: Promise<T>): Promise<T> {
    const during = this.#phase
    this.enter('loading')
    try {
      return await loading
    } finally {
      this.enter(during)
    }
  }

  /** Begins to count on a raw connection. One that `transportSecures` has no steps of its own after it. */
  countWire(raw: MessageStream, transportSecures: boolean): void {
    this.#transportSecures = transportSecures
    this.#wire = isMetered(raw) ? undefined : countBytes(raw)
  }

  /** Begins to count what the muxer sends and receives on a secured connection. */
  countSecured(connection: MessageStream): void {
    this.#secured = countBytes(connection)
  }

  /** Ends the counting: the connection is open, or will never be. */
  finish(raw: MessageStream): void {
    this.#secured?.stop()
    this.#wire?.stop()
    this.#wireBytes = isMetered(raw) ? raw.wireBytes() : this.#wire?.count
  }

  /** How long each step took. */
  get timings(): UpgradeTimings {
    const loadMs = this.#spent.get('loading')
    const transportMs = this.#spent.get('connecting') ?? 0
    const whole = { ...(loadMs !== undefined && { loadMs }), transportMs }
    if (this.#transportSecures) return whole
    const protectMs = this.#spent.get('protecting')
    const securityMs = this.#spent.get('negotiating-security')
    const handshakeMs = this.#spent.get('securing')
    const muxerMs = this.#spent.get('negotiating-muxer')
    return {
      ...whole,
      ...(protectMs !== undefined && { protectMs }),
      ...(securityMs !== undefined && { securityMs }),
      ...(handshakeMs !== undefined && { handshakeMs }),
      ...(muxerMs !== undefined && { muxerMs }),
    }
  }

  /** Bytes on the raw connection, and above the security protocol; absent where the transport does not tell. */
  get bytes(): { wire?: ByteCount; secured?: ByteCount } {
    return {
      ...(this.#wireBytes && { wire: { ...this.#wireBytes } }),
      ...(this.#secured && { secured: { ...this.#secured.count } }),
    }
  }
}
