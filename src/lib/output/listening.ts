import type { ListenEvent, ListeningRecord } from '../records/connection.ts'
import type { Style } from './style.ts'

/** Renders the addresses of a listener, one a line. */
export function renderListening(record: ListeningRecord, _style: Style): string {
  return record.addresses.join('\n')
}

/** Renders what happened to a listener, in one line. */
export function renderListenEvent(record: ListenEvent, style: Style): string {
  const time = style.dim(record.at.slice(11, 23))
  if (record.type === 'datastore-failed')
    return `${time} ${style.bad('!')} ${record.error.code}: ${record.error.message}`
  const from = record.direction === 'inbound' ? 'from' : 'to'
  switch (record.type) {
    case 'connection-opened':
      return `${time} ${style.good('+')} ${record.peer} ${from} ${record.address}: ${record.security}, ${record.muxer}`
    case 'connection-closed':
      return `${time} ${style.dim('-')} ${record.peer} closed by the ${record.by} side: ${record.reason}`
    case 'connection-failed': {
      const address = record.address ?? 'somebody'
      const who = record.peer === undefined ? address : `${record.peer} ${from} ${address}`
      return `${time} ${style.bad('!')} ${who}: ${record.error.layer ?? record.error.code}: ${record.error.message}`
    }
    case 'stream-opened':
      return `${time} ${style.good('»')} ${record.protocol} ${from} ${record.peer}`
    case 'stream-closed':
      return `${time} ${style.dim('«')} ${record.protocol ?? 'no protocol'} ${from} ${record.peer}: ${record.reason}`
  }
}
