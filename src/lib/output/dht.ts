import type {
  BucketRecord,
  ClosestRecord,
  DhtSummaryRecord,
  PeerRecord,
  ProviderRecord,
  StoredRecord,
} from '../records/dht.ts'
import type { MdnsSummaryRecord } from '../records/mdns.ts'
import { mdnsSummaryLine } from './mdns.ts'
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

/** Renders a provider, or a peer that was come across, in one line. */
export function renderProvider({ peer, addresses }: ProviderRecord | PeerRecord, _style: Style): string {
  return [peer, ...addresses].join('  ')
}

/** Renders who stored something, one a line below their number. */
export function renderStored({ key, acknowledged, peers, refused = [] }: StoredRecord, style: Style): string {
  const count = countOf(acknowledged)
  const lines = [`${key} is stored by ${acknowledged > 0 ? style.good(count) : style.bad(count)}`, ...peers]
  if (refused.length > 0) lines.push(`${key} was refused by ${style.bad(countOf(refused.length))}`, ...refused)
  return lines.join('\n')
}

function countOf(peers: number): string {
  return `${peers} peer${peers === 1 ? '' : 's'}`
}

/** Renders a bucket in one line: its prefix, how many peers are in it, and the ends of their IDs, which differ most. */
export function renderBucket({ cpl, peers }: BucketRecord, style: Style): string {
  const count = `${String(peers.length).padStart(2)} peer${peers.length === 1 ? ' ' : 's'}`
  return [`cpl ${String(cpl).padStart(3)}`, style.bold(count), ...peers.map((peer) => `…${peer.slice(-6)}`)].join('  ')
}

/** Says what a query to a DHT, or to the local network, came to: in one line, and what was wrong with answers in further ones. */
export function querySummaryLines(record: DhtSummaryRecord | MdnsSummaryRecord): string[] {
  if ('via' in record) return [mdnsSummaryLine(record)]
  const { queried, succeeded, failed, hops, complete, elapsedMs, problems = [] } = record
  const counts = `${queried} asked, ${succeeded} answered, ${failed} failed, ${hops} hop${hops === 1 ? '' : 's'}`
  const end = complete ? renderMs(elapsedMs) : `${renderMs(elapsedMs)}, incomplete`
  return [`${counts}, ${end}`, ...problems.map((problem) => `problem: ${problem}`)]
}
