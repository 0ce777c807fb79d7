import type { ConnectionClosedRecord, DialedRecord } from '../records/connection.ts'
import { renderMs, renderRows } from './rows.ts'
import type { Style } from './style.ts'

/** Renders the report of a connection, a layer a line. */
export function renderDialed(record: DialedRecord, style: Style): string {
  const path = record.direct ? 'direct' : `relayed${record.limited ? ', limited by the relay' : ''}`
  return renderRows(
    [
      ['target', record.target],
      [
        'peer',
        record.authenticated
          ? record.peer
          : `${record.peer} ${style.warn('(not known beforehand: not authenticated)')}`,
      ],
      ['address', record.address],
      ['transport', record.transport],
      ['security', record.security],
      ['muxer', record.earlyMuxer ? `${record.muxer} (agreed on within the security handshake)` : record.muxer],
      ['path', path],
      ['total', renderMs(record.totalMs)],
    ],
    style,
  )
}

/** Renders the end of a connection that was held. */
export function renderConnectionClosed(record: ConnectionClosedRecord, _style: Style): string {
  const who = record.by === 'local' ? 'this side' : 'the other side'
  return `closed by ${who} after ${(record.heldMs / 1000).toFixed(1)} s: ${record.reason}`
}
