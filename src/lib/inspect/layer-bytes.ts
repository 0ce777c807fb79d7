import type { MultiaddrConnection } from '@libp2p/interface'
import type { ByteCount, BytesByLayer } from './event.ts'
import { wireBytes } from './wire-bytes.ts'

/** Adds up what each layer of one connection carried. */
export class LayerBytes {
  raw: MultiaddrConnection | undefined
  readonly transport: ByteCount = { sent: 0, received: 0 }
  readonly secured: ByteCount = { sent: 0, received: 0 }
  readonly streams: ByteCount = { sent: 0, received: 0 }
  readonly protocols: ByteCount = { sent: 0, received: 0 }

  /**
   * The sums so far.
   *
   * @param isSecured - the security protocol is a layer of its own, whose inside was seen
   * @returns bytes by layer; a layer that cannot be seen is absent
   */
  count(isSecured: boolean): BytesByLayer {
    const wire = this.raw === undefined ? undefined : wireBytes(this.raw)
    const carried = this.transport.sent + this.transport.received > 0
    return {
      ...(wire && { wire }),
      ...(carried && { transport: this.transport }),
      ...(isSecured && { secured: this.secured }),
      streams: this.streams,
      protocols: this.protocols,
    }
  }
}
