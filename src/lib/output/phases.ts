import type { Layer } from '../inspect/layer.ts'
import type { TraceRowRecord } from '../records/trace.ts'

/** A phase of a row. */
export type Phase = TraceRowRecord['phases'][number]

/** How each phase is shown: in words, as a cell of a bar, and as a part of which layer. */
export const phaseLooks: Record<Phase['name'], { title: string; cell: string; layer: Layer }> = {
  resolve: { title: 'resolve', cell: '·', layer: 'address' },
  transport: { title: 'transport', cell: '-', layer: 'transport' },
  'private-network': { title: 'private network', cell: ':', layer: 'security' },
  'security-negotiation': { title: 'security negotiation', cell: '░', layer: 'security' },
  handshake: { title: 'handshake', cell: '▒', layer: 'security' },
  'muxer-negotiation': { title: 'muxer negotiation', cell: '▓', layer: 'muxer' },
  negotiation: { title: 'negotiation', cell: '░', layer: 'stream' },
  'first-byte': { title: 'until first byte', cell: '▒', layer: 'stream' },
  open: { title: 'open', cell: '━', layer: 'connection' },
}
