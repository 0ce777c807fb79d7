import type { ClosestRecord, DhtSummaryRecord, PeerRecord, ProviderRecord, StoredRecord } from '../records/dht.ts'
import { renderMs } from './rows.ts'
import type { Style } from './style.ts'

/** Renders where a peer is: its addresses, one a line. */
export function renderPeer(record: PeerRecord, _style: Style): string {
  return record.addresses.join('\n')
}

/** Renders one of the closest peers, in one line. */
export function renderClosest({ peer, cpl, addresses }: ClosestRecord, style: Style): string {
  return [peer, style.dim(`cpl ${String(cpl).padStart(3)}`), ...addresses].join('  ')
}

/** Renders a provider, in one line. */
export function renderProvider({ peer, addresses }: ProviderRecord, _style: Style): string {
  return [peer, ...addresses].join('  ')
}

/** Renders who stored something, one a line below their number. */
export function renderStored({ key, acknowledged, peers }: StoredRecord, style: Style): string {
  const count = `${acknowledged} peer${acknowledged === 1 ? '' : 's'}`
  return [`${key} is stored by ${acknowledged > 0 ? style.good(count) : style.bad(count)}`, ...peers].join('\n')
}

/** Says what a query came to, in one line, and what was wrong with answers in further ones. */
export function dhtSummaryLines(record: DhtSummaryRecord): string[] {
  const { queried, succeeded, failed, hops, complete, elapsedMs, problems = [] } = record
  const counts = `${queried} asked, ${succeeded} answered, ${failed} failed, ${hops} hop${hops === 1 ? '' : 's'}`
  const end = complete ? renderMs(elapsedMs) : `${renderMs(elapsedMs)}, incomplete: the deadline came first`
  return [`${counts}, ${end}`, ...problems.map((problem) => `problem: ${problem}`)]
}
