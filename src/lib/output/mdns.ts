import type { DiscoveredRecord } from '../records/discovered.ts'
import type { MdnsSummaryRecord } from '../records/mdns.ts'
import { renderDiscovered } from './discovered.ts'
import { renderMs } from './rows.ts'
import type { Style } from './style.ts'

/** Renders a peer that answered, in one line; or the summary. */
export function renderMdns(record: DiscoveredRecord | MdnsSummaryRecord, style: Style): string {
  return record.type === 'summary' ? mdnsSummaryLine(record) : renderDiscovered(record, style)
}

/** Says what a search of the local network came to. */
export function mdnsSummaryLine({ found, ignored, elapsedMs }: MdnsSummaryRecord): string {
  const useless = ignored === 0 ? [] : [`${ignored} useless ${ignored === 1 ? 'answer' : 'answers'} ignored`]
  return `${[`${found} found`, ...useless].join(', ')}; ${renderMs(elapsedMs)}`
}
