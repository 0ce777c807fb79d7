import type { AnnouncedSummaryRecord, SubscriberRecord, TopicRecord } from '../records/pubsub.ts'
import { plural } from './pubsub.ts'
import type { Render, Sink } from './sink.ts'
import type { Style } from './style.ts'

/** Renders a peer that has announced a topic, in one line. */
export function renderSubscriber({ peer, protocol, address }: SubscriberRecord, style: Style): string {
  return [peer, style.dim(protocol), ...(address === undefined ? [] : [address])].join('  ')
}

/** Renders a topic and how many have announced it, in one line. */
export function renderTopic({ topic, peers }: TopicRecord, style: Style): string {
  return `${topic}  ${style.dim(plural(peers.length, 'peer'))}`
}

/**
 * Prints what peers have announced. The summary is a record to scripts, and a note to people.
 *
 * @param sink - prints
 * @param record - what was announced, or the summary
 * @param render - renders what was announced
 */
export async function printAnnounced<R extends { type: string }>(
  sink: Sink,
  record: R | AnnouncedSummaryRecord,
  render: Render<R>,
): Promise<void> {
  if (!isSummary(record)) await sink.record(record, render)
  else if (sink.json) await sink.record(record, summaryText)
  else sink.note(summaryText(record))
}

function isSummary(record: { type: string }): record is AnnouncedSummaryRecord {
  return record.type === 'summary'
}

function summaryText({ connected, found }: AnnouncedSummaryRecord): string {
  return `${found} found, ${plural(connected, 'peer')} connected`
}
