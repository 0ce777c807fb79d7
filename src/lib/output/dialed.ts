import type { ConnectionClosedRecord, DialedRecord } from '../records/connection.ts'
import { renderMs, renderRows } from './rows.ts'
import type { Style } from './style.ts'
import { renderTimings } from './timings.ts'

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
      ['bytes', renderBytes(record.bytes)],
      ['total', [renderTotal(record), ...renderTimings(record.timings)]],
    ],
    style,
  )
}

function renderTotal({ totalMs, roundTrips }: DialedRecord): string {
  if (roundTrips === undefined) return renderMs(totalMs)
  return `${renderMs(totalMs)}, ${roundTrips} round trip${roundTrips === 1 ? '' : 's'}`
}

function renderBytes({ wireSent, wireReceived, sent, received }: DialedRecord['bytes'] = {}): string | undefined {
  if (wireSent === undefined || wireReceived === undefined) return undefined
  const wire = `${wireSent} sent, ${wireReceived} received on the wire`
  return sent === undefined || received === undefined ? wire : `${wire}; ${sent} and ${received} above security`
}

/** Renders the end of a connection that was held. */
export function renderConnectionClosed(record: ConnectionClosedRecord, _style: Style): string {
  const who = record.by === 'local' ? 'this side' : 'the other side'
  return `closed by ${who} after ${(record.heldMs / 1000).toFixed(1)} s: ${record.reason}`
}
