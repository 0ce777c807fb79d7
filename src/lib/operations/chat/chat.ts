import { messageOf } from '../../errors/causes.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { ChatRecord, ChatSummaryRecord } from '../../records/chat.ts'
import type { OperationContext } from '../context.ts'
import type { DhtInput } from '../dht/input.ts'
import { Inbox } from '../pubsub/inbox.ts'
import { join } from '../pubsub/join.ts'
import type { Meeting } from '../pubsub/meeting.ts'
import { meetInRoom } from './meet-in-room.ts'
import { type Lines, obeyAll } from './obey.ts'
import { Session, type SessionInput } from './session.ts'

/** How to take part in a chat. */
export interface ChatInput extends Omit<SessionInput, 'joined' | 'patient'>, Lines, Meeting {
  /** the DHT that rooms are found in */
  dht: DhtInput | undefined
}

/** What a chat gives: what happens, and how many records were dropped because nobody took them in time. */
export type ChatDelivery = ChatRecord | { type: 'dropped'; count: number } | ChatSummaryRecord

/**
 * Takes part in a chat until the signal aborts, `/quit`, or the end of the lines.
 *
 * @param node - a node with pub/sub that listens
 * @param input - the room, the lines, and where the others are
 * @param context - signal, and the time limit of each wait for a peer
 * @returns what happens, then the summary
 * @throws ToolkitError `negative` where `once` was asked for and nobody came; as `join` does
 */
export async function* chat(
  node: RunningNode,
  input: ChatInput,
  context: OperationContext,
): AsyncGenerator<ChatDelivery> {
  const { onNote, once } = input
  const { signal } = context
  const startedAt = performance.now()
  const counted = { sent: 0, received: 0, dropped: 0, rejected: 0 }
  const inbox = new Inbox<ChatRecord>((record) => (record.type === 'chat-message' ? 2 * record.data.length : 0))
  using _rejections = node.pubsub?.watch({
    rejected: (rejection) => inbox.push({ type: 'rejected', at: new Date().toISOString(), ...rejection }),
  })
  await using joining = await join(node, input, context)
  const joined = joining.tried
  const onEntered: SessionInput['onEntered'] = (name, topic, left) => {
    input.onEntered(name, topic, left)
    const dht = input.dht && { ...input.dht, onNote }
    // not before: a query closes its connections, and those of the chat are to be others
    joined
      .then(() => meetInRoom(node, topic, dht, { ...context, signal: left }))
      .catch((error) => left.aborted || onNote(`nobody is looked for in the DHT: ${messageOf(error)}`))
  }
  using session = new Session(
    node,
    { ...input, onEntered, joined, patient: input.typed === undefined },
    (record) => inbox.push(record),
    context,
  )
  await session.answer()
  const end = () => inbox.close()
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  const obeying = obeyAll(session, input, context).then((isOver) => isOver && end())
  obeying.catch(end)
  for await (const delivery of inbox) {
    if ('dropped' in delivery) {
      counted.dropped += delivery.dropped
      yield { type: 'dropped', count: delivery.dropped }
      continue
    }
    const { item } = delivery
    if (item.type === 'chat-sent' && item.sentTo.length > 0) counted.sent++
    if (item.type === 'chat-message') counted.received++
    if (item.type === 'rejected') counted.rejected++
    yield item
  }
  yield { type: 'summary', ...counted, elapsedMs: performance.now() - startedAt }
  if (once || !signal.aborted) await obeying
}
