import { setTimeout as sleep } from 'node:timers/promises'
import type { AbortOptions, Logger, MessageStreamDirection } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type SendResult } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import type { ByteCount } from '../../inspect/event.ts'
import type { Metered } from '../../inspect/wire-bytes.ts'
import { Delivery } from './acknowledgement.ts'
import type { NativeConnection } from './native.ts'

/** How a connection ended. */
export interface ConnectionEnd {
  /** `remote`: the other side closed or reset it; `lost`: nobody did */
  by: 'local' | 'remote' | 'lost'
  /** absent when it was closed in order */
  error?: Error
}

/** How long a closing connection's last packet may take to leave this machine, in milliseconds. */
const flushMs = 10

/** A QUIC connection as a raw connection: its bytes belong to its streams. */
export class QuicConnection extends AbstractMultiaddrConnection implements Metered {
  readonly native: NativeConnection
  /** what the streams of this connection have written and may not have been delivered */
  readonly delivery: Delivery
  /** settles when the connection has ended */
  readonly ended: Promise<ConnectionEnd>
  #abortedWith?: Error

  /**
   * @param native - a connection whose handshake is done
   * @param direction - who dialled
   * @param log - where libp2p logs
   */
  constructor(native: NativeConnection, direction: MessageStreamDirection, log: Logger) {
    super({ remoteAddr: multiaddr(native.remoteMultiaddr()), direction, log })
    this.native = native
    this.delivery = new Delivery(native)
    this.ended = this.#whenEnded()
  }

  override sendData(): SendResult {
    throw new Error('a QUIC connection carries nothing outside of its streams')
  }

  override sendReset(error: Error): void {
    this.#abortedWith = error
    this.native.abort()
  }

  override sendPause(): void {}

  override sendResume(): void {}

  /** Settles when the other side has what was written, as far as the counters tell, or the connection ends. */
  async acknowledged(signal: AbortSignal): Promise<void> {
    await this.delivery.complete(this.ended, signal, 'delivering')
  }

  /** UDP payloads so far, handshake included; the counters wrap at 2^32, and are gone with the connection. */
  wireBytes(): ByteCount | undefined {
    try {
      const { udpTxBytes, udpRxBytes } = this.native.stats()
      return { sent: udpTxBytes, received: udpRxBytes }
    } catch {
      return undefined
    }
  }

  override async sendClose(options?: AbortOptions): Promise<void> {
    await this.delivery.complete(this.ended, options?.signal)
    const before = this.native.stats().udpTxBytes
    this.native.abort()
    // a process that ends before the closing packet has left makes the other side wait for its idle time-out
    const giveUpAt = performance.now() + flushMs
    while (this.native.stats().udpTxBytes === before && performance.now() < giveUpAt) await sleep(1)
  }

  async #whenEnded(): Promise<ConnectionEnd> {
    await this.native.closed()
    // `closed()` does not say why, the next call does
    const reason = await this.native.outboundStream().then(
      () => 'closed',
      (error: Error) => error.message,
    )
    this.log('native connection ended: %s', reason)
    const end = this.#endOf(reason)
    if (this.status !== 'open' && this.status !== 'closing') return end
    if (end.by === 'remote' && end.error !== undefined) this.onRemoteReset()
    else this.onTransportClosed(end.error)
    return end
  }

  #endOf(reason: string): ConnectionEnd {
    if (reason === 'closed') return { by: 'local', ...(this.#abortedWith && { error: this.#abortedWith }) }
    const error = new Error(`the connection ended: ${reason}`)
    if (/^closed by peer: 0\b/.test(reason)) return { by: 'remote' }
    return { by: /by peer/.test(reason) ? 'remote' : 'lost', error }
  }
}
