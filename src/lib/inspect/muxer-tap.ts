import type { MessageStream } from '@libp2p/interface'
import { tapBytes } from './byte-tap.ts'
import type { ByteCount, Observed } from './event.ts'
import { type FrameReader, frameReader } from './frames.ts'
import { type Direction, Negotiation } from './negotiation.ts'

/**
 * Shows what passes over a secured connection: the negotiation of a muxer, unless the security
 * handshake has settled it, then the muxer's frames.
 *
 * @param connection - the secured connection, before anybody uses it
 * @param earlyMuxer - the muxer that the security handshake settled
 * @param counts - the bytes of the secured connection are added here
 * @param observe - receives the events
 */
export function tapMuxer(
  connection: MessageStream,
  earlyMuxer: string | undefined,
  counts: ByteCount,
  observe: (observed: Observed) => void,
): void {
  const readers: Partial<Record<Direction, FrameReader>> = {}
  const begin = (protocol: string, early: boolean) => {
    observe({ layer: 'muxer', type: 'negotiated', detail: { protocol, early } })
    for (const direction of ['sent', 'received'] as const) {
      const reader = frameReader(protocol)
      if (reader !== undefined) readers[direction] = reader
    }
  }
  const frames = (direction: Direction, bytes: Uint8Array) => {
    const type = direction === 'sent' ? 'frame-sent' : 'frame-received'
    for (const frame of readers[direction]?.read(bytes) ?? []) observe({ layer: 'muxer', type, detail: frame })
  }
  const negotiation = new Negotiation({
    line: (direction, line) => observe({ layer: 'muxer', type: `line-${direction}`, detail: { line } }),
    agreed: (protocol) => begin(protocol, false),
    payload: frames,
  })
  if (earlyMuxer !== undefined) begin(earlyMuxer, true)
  const take = (direction: Direction, bytes: Uint8Array) => {
    counts[direction] += bytes.length
    if (earlyMuxer === undefined) negotiation.feed(direction, bytes)
    else frames(direction, bytes)
  }
  tapBytes(connection, { sent: (bytes) => take('sent', bytes), received: (bytes) => take('received', bytes) })
}
