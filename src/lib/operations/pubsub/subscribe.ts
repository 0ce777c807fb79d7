import type { Message } from '@libp2p/gossipsub'
import type { RunningNode } from '../../node/running-node.ts'
import type { MessageRecord, RejectedRecord, SubscribeSummaryRecord } from '../../records/pubsub.ts'
import { pubsubOf } from './connect.ts'
import { Inbox } from './inbox.ts'
import { messageRecord } from './message.ts'
import { PacedCount } from './paced-count.ts'

/** What is subscribed to, and who is told of what happens beside messages. */
export interface SubscribeInput {
  topics: string[]
  /** only messages that this peer wrote */
  from?: string | undefined
  /** end after this many messages */
  count?: number | undefined
  /** told how many peers have announced one of the topics: at once, and when it changes, once a second at most */
  onPeers: (count: number) => void
  onRejected: (record: RejectedRecord) => void
}

/** What a subscription gives: messages, and how many were dropped because nobody took them in time. */
export type Received = MessageRecord | { type: 'dropped'; count: number } | SubscribeSummaryRecord

/**
 * Subscribes to topics, and gives out their messages until the signal aborts or there were enough. What came before the
 * end is given out.
 *
 * @param node - a node with pub/sub
 * @param input - topics and listeners
 * @param signal - ends it
 * @returns the messages in the order in which they came, then the summary
 */
export async function* subscribe(
  node: RunningNode,
  input: SubscribeInput,
  signal: AbortSignal,
): AsyncGenerator<Received> {
  const { topics, from, count = Number.POSITIVE_INFINITY } = input
  const pubsub = pubsubOf(node)
  // its signature and its key are in the same memory
  const sizeOf = ({ topic, data }: Message) => data.buffer.byteLength + topic.length
  const inbox = new Inbox<{ message: Message; at: Date }>(({ message }) => sizeOf(message))
  const counted = { messages: 0, dropped: 0, rejected: 0 }
  const started = performance.now()
  using peers = new PacedCount(input.onPeers)
  const changed = () => peers.update(new Set(topics.flatMap((topic) => pubsub.subscribers(topic))).size)
  using _ = pubsub.watch({
    message(message) {
      const isWanted = from === undefined || (message.type === 'signed' && message.from.toString() === from)
      if (isWanted && topics.includes(message.topic)) inbox.push({ message, at: new Date() })
    },
    rejected(rejection) {
      counted.rejected++
      input.onRejected({ type: 'rejected', at: new Date().toISOString(), ...rejection })
    },
    changed,
  })
  for (const topic of topics) pubsub.router.subscribe(topic)
  changed()
  signal.addEventListener('abort', () => inbox.close(), { once: true })
  if (signal.aborted) inbox.close()
  for await (const delivery of inbox) {
    if ('dropped' in delivery) {
      counted.dropped += delivery.dropped
      yield { type: 'dropped', count: delivery.dropped }
      continue
    }
    counted.messages++
    yield messageRecord(delivery.item.message, delivery.item.at)
    if (counted.messages >= count) break
  }
  yield { type: 'summary', topics, ...counted, elapsedMs: performance.now() - started }
}
