import { setTimeout } from 'node:timers/promises'
import { deadlineOf, until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Pubsub } from '../../node/pubsub/pubsub.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { AnnouncedSummaryRecord, SubscriberRecord, TopicRecord } from '../../records/pubsub.ts'
import type { OperationContext } from '../context.ts'
import { connect, pubsubOf } from './connect.ts'
import type { Meeting } from './meeting.ts'

/** How long peers have to announce their topics: one that has none says nothing, in milliseconds. */
const usualMs = 2000
/** Topics that are shown: peers may announce as many as they like. */
const mostShown = 10_000

/** Whom to ask, and for how long. */
export interface AnnouncedInput extends Meeting {
  /**
   * listen this long; when absent until each peer has announced something, two seconds at most, and for two seconds from
   * the first one that came where more are looked for
   */
  forMs?: number | undefined
}

/**
 * Connects to peers, and says who has announced a topic.
 *
 * @param node - a node with pub/sub
 * @param topic - the topic
 * @param input - whom to ask
 * @param context - signal, and the time limit of reaching each
 * @returns the peers, then the summary
 * @throws ToolkitError as `connect` does, `negative` when there are none, `protocol` when nobody speaks pub/sub
 */
export async function* peersOfTopic(
  node: RunningNode,
  topic: string,
  input: AnnouncedInput,
  context: OperationContext,
): AsyncGenerator<SubscriberRecord | AnnouncedSummaryRecord> {
  const pubsub = await collect(node, input, context)
  const found = pubsub.subscribers(topic)
  for (const peer of found) {
    const [connection] = node.libp2p.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peer)
    const address = connection?.remoteAddr.toString()
    const protocol = pubsub.protocolOf(peer) ?? ''
    yield { type: 'subscriber', topic, peer, protocol, ...(address !== undefined && { address }) }
  }
  yield* summary(pubsub, input, found.length, `nobody has announced ${topic}`)
}

/**
 * Connects to peers, and says what topics they have announced.
 *
 * @param node - a node with pub/sub
 * @param input - whom to ask
 * @param context - signal, and the time limit of reaching each
 * @returns the topics, the most popular first, then the summary
 * @throws ToolkitError as `connect` does, `negative` when there are none, `protocol` when nobody speaks pub/sub
 */
export async function* topicsOfPeers(
  node: RunningNode,
  input: AnnouncedInput,
  context: OperationContext,
): AsyncGenerator<TopicRecord | AnnouncedSummaryRecord> {
  const pubsub = await collect(node, input, context)
  const all = [...pubsub.router.topics].map(([topic, peers]) => ({ type: 'topic' as const, topic, peers: [...peers] }))
  const found = all.toSorted((a, b) => b.peers.length - a.peers.length || (a.topic < b.topic ? -1 : 1))
  for (const record of found.slice(0, mostShown)) yield record
  if (found.length > mostShown) input.onNote(`${found.length - mostShown} topics more are not shown`)
  yield* summary(pubsub, input, found.length, 'nobody has announced a topic')
}

async function collect(node: RunningNode, input: AnnouncedInput, context: OperationContext): Promise<Pubsub> {
  const pubsub = pubsubOf(node)
  const { promise: all, resolve } = Promise.withResolvers<void>()
  const { promise: somebody, resolve: came } = Promise.withResolvers<void>()
  const announced = new Set<string>()
  using _ = pubsub.watch({
    rpc(direction, peer, { subscriptions }) {
      if (direction === 'received' && subscriptions.length > 0) announced.add(peer)
      look()
    },
    changed: () => look(),
  })
  let isConnected = false
  const look = () => {
    if (pubsub.router.peers.size > 0) came()
    const connected = node.libp2p.getPeers().map(String)
    if (isConnected && connected.every((peer) => announced.has(peer) && pubsub.protocolOf(peer) !== undefined))
      resolve()
  }
  await using searching = await connect(node, input, context)
  // more may come where they are looked for
  isConnected = searching === undefined
  look()
  if (searching !== undefined && input.forMs === undefined) {
    using deadline = deadlineOf(context.signal, context.timeoutMs, 'nobody came')
    await until(somebody, deadline.signal).catch(() => {})
    context.signal.throwIfAborted()
    if (pubsub.router.peers.size === 0) return pubsub
  }
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  const time = setTimeout(input.forMs ?? usualMs, undefined, { signal }).catch(() => {})
  await (input.forMs === undefined ? Promise.race([all, time]) : time)
  end.abort()
  context.signal.throwIfAborted()
  return pubsub
}

function* summary(
  pubsub: Pubsub,
  { mdns }: AnnouncedInput,
  found: number,
  otherwise: string,
): Generator<AnnouncedSummaryRecord> {
  const connected = pubsub.router.peers.size
  yield { type: 'summary', connected, found }
  // whoever is found on the local network need not speak it
  if (connected === 0 && mdns !== undefined) {
    throw new ToolkitError('negative', 'nobody was found who speaks pub/sub', { layer: 'pubsub' })
  }
  if (connected === 0) throw new ToolkitError('protocol', 'the peers do not speak pub/sub', { layer: 'pubsub' })
  if (found === 0) throw new ToolkitError('negative', otherwise, { layer: 'pubsub' })
}
