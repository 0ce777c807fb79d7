import type {
  MessageRecord,
  PublishedRecord,
  PublishSummaryRecord,
  RejectedRecord,
  SubscribeSummaryRecord,
} from '../records/pubsub.ts'
import type { Style } from './style.ts'

/** Digits of a peer ID that tell peers apart: the first ones are the same for all of a key type. */
const lastDigits = 8

/** Renders what was published, in one line. */
export function renderPublished({ bytes, sentTo }: PublishedRecord, style: Style): string {
  return `published ${plural(bytes, 'byte')} to ${style.good(plural(sentTo.length, 'peer'))}: ${sentTo.join(' ')}`
}

/** Renders what publishing came to, in one line. */
export function renderPublishSummary({ published, failed, bytes }: PublishSummaryRecord, style: Style): string {
  const failures = failed > 0 ? style.bad(`, ${failed} failed`) : ''
  return `${plural(published, 'message')} published, ${plural(bytes, 'byte')}${failures}`
}

/**
 * Makes the renderer of messages.
 *
 * @param several - messages are of several topics
 * @returns renders one in one line: time, who wrote it, the topic where there are several, the payload
 */
export function messageRenderer(several: boolean) {
  return ({ receivedAt, from, topic, text, data }: MessageRecord, style: Style): string => {
    const time = style.dim(receivedAt.slice(11, 23))
    const who = style.bold(from === undefined ? 'unsigned' : shortPeer(from))
    return [time, who, ...(several ? [style.dim(topic)] : []), text ?? style.dim(`base64:${data}`)].join(' ')
  }
}

/** Renders what a subscription came to, in one line. */
export function renderSubscribeSummary({ messages, dropped, rejected }: SubscribeSummaryRecord): string {
  return [
    plural(messages, 'message'),
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(rejected > 0 ? [plural(rejected, 'rejection')] : []),
  ].join(', ')
}

/** Renders how many messages were lost to a reader that is too slow, in one line. */
export function renderDropped({ count }: { type: 'dropped'; count: number }): string {
  return `${plural(count, 'message')} dropped: the reader is too slow`
}

/** Renders what was not taken, in one line. */
export function renderRejected({ at, peer, topic, reason, count }: RejectedRecord, style: Style): string {
  const what = topic === undefined ? '' : ` on ${topic}`
  const times = count > 1 ? ` (${count} times)` : ''
  return `${style.dim(at.slice(11, 23))} ${style.bad('!')} rejected from ${peer}${what}: ${reason}${times}`
}

/**
 * Shortens a peer ID for people.
 *
 * @param peer - a peer ID
 * @returns its end, such as `…eQHWmwQA`
 */
export function shortPeer(peer: string): string {
  return `…${peer.slice(-lastDigits)}`
}

/**
 * Counts something in words.
 *
 * @param count - how many
 * @param noun - of what, in the singular
 * @returns `1 peer`, `2 peers`
 */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
