import type { BytesByLayer, InspectionEvent } from '../inspect/event.ts'
import { toJsonLine } from './sanitise.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** Longest detail that fits beside the rest of a line. */
const longestDetail = 160

/**
 * An event as a record: what it is and where it belongs first, its details last.
 *
 * @param event - any event
 * @returns the same, in the order of a trace file
 */
export function inspectionRecord({ type, layer, atMs, connection, stream, peer, detail }: InspectionEvent) {
  return {
    type,
    layer,
    atMs: Math.round(atMs * 1000) / 1000,
    ...(connection !== undefined && { connection }),
    ...(stream !== undefined && { stream }),
    ...(peer !== undefined && { peer }),
    detail,
  }
}

/**
 * An event as a line of a trace file.
 *
 * @param event - any event
 * @returns compact JSON, sanitised, without a line ending
 */
export function inspectionLine(event: InspectionEvent): string {
  return toJsonLine(inspectionRecord(event))
}

/** Renders one event: a line, and for the bytes of a connection a table. */
export function renderInspection(record: ReturnType<typeof inspectionRecord>, style: Style): string {
  const { type, layer, atMs, connection = '', stream, detail } = record
  const place = stream === undefined ? connection : `${connection}/${stream}`
  const time = style.dim(`${atMs.toFixed(3).padStart(10)} ms`)
  const name = type === 'failed' || type === 'gave-up' ? style.bad(type) : style.bold(type)
  const head = `${time}  ${place.padEnd(6)} ${layer.padEnd(10)} ${name}`
  if (type === 'bytes-counted' && isBytes(detail)) return `${head}\n${renderBytes(detail, style)}`
  return `${head} ${renderDetail(detail)}`.trimEnd()
}

/** Details whose value says what it is. */
const nameless = new Set(['line', 'protocol', 'address', 'peer', 'frame', 'message', 'rpc'])

function renderDetail(detail: object): string {
  const parts = Object.entries(detail).map(([key, value]: [string, unknown]) => {
    if (key === 'elapsedMs' && typeof value === 'number') return `${value.toFixed(3)} ms`
    const text = typeof value === 'object' ? JSON.stringify(value) : textOf(value)
    return nameless.has(key) ? text : `${key}=${text}`
  })
  const text = parts.join('  ')
  return text.length > longestDetail ? `${text.slice(0, longestDetail - 1)}…` : text
}

function textOf(value: unknown): string {
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(3) : String(value)
}

const rows: Array<[keyof BytesByLayer, string]> = [
  ['wire', 'on the wire'],
  ['transport', 'in the transport'],
  ['secured', 'after security'],
  ['streams', 'after the muxer'],
  ['protocols', 'in the protocols'],
]

function isBytes(detail: object): detail is BytesByLayer {
  return 'streams' in detail && 'protocols' in detail
}

/** Bytes by layer, outermost first; what cannot be seen is said. */
function renderBytes(bytes: BytesByLayer, style: Style): string {
  const cells = rows.map(([key, name]) => {
    const count = bytes[key]
    return count === undefined ? [name, 'not seen', 'not seen'] : [name, String(count.sent), String(count.received)]
  })
  return renderTable(['bytes', 'sent', 'received'], cells, style).replaceAll(/^/gm, '    ')
}
