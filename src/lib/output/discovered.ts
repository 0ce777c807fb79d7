import type { DiscoveredRecord, DiscoverSummaryRecord } from '../records/discovered.ts'
import { renderMs } from './rows.ts'
import type { Style } from './style.ts'

/** Renders a peer that was found, in one line: when, by what, who and where; or the summary. */
export function renderDiscovered(record: DiscoveredRecord | DiscoverSummaryRecord, style: Style): string {
  if (record.type === 'summary') return renderSummary(record, style)
  const { at, via, peer, addresses } = record
  const end = `/p2p/${peer}`
  const places = addresses.map((address) => (address.endsWith(end) ? address.slice(0, -end.length) : address))
  return [style.dim(at), via, style.bold(peer), ...places].join('  ')
}

function renderSummary(record: DiscoverSummaryRecord, style: Style): string {
  const { via, asked, found, failed, complete, elapsedMs } = record
  const counts = [
    `${asked} ${asked === 1 ? 'peer' : 'peers'} asked`,
    found > 0 ? style.good(`${found} found`) : `${found} found`,
    failed > 0 ? style.bad(`${failed} failed`) : `${failed} failed`,
    ...(complete || via === 'walk' ? [] : [`${asked - found - failed} not waited for`]),
  ]
  return `${counts.join(', ')}; ${renderMs(elapsedMs)}`
}
