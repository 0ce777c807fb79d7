import type { MultiaddrRecord } from '../records/multiaddr.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** Values longer than this are cut in the table; JSON has them whole. */
const longestCell = 72
/** Components beyond this are counted in the table; JSON has them all. */
const mostRows = 256

/** Renders a multiaddr with a table of its components. */
export function renderMultiaddr(record: MultiaddrRecord, style: Style): string {
  const rows = record.components
    .slice(0, mostRows)
    .map(({ protocol, codec, value, packed }) => [protocol, codec, cut(value), cut(packed)])
  const table = renderTable(['protocol', 'code', 'value', 'packed'], rows, style)
  const more = record.components.length - rows.length
  const rest = more > 0 ? [style.dim(`… and ${more} more: --json has them all`)] : []
  return [`${style.bold(cut(record.string, 1024))}  ${style.dim(`${record.packedSize} bytes`)}`, table, ...rest].join(
    '\n',
  )
}

function cut(text: string, longest = longestCell): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
