import type { Readable } from 'node:stream'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { RunningNode } from '../../node/running-node.ts'
import { longest } from '../../protocols/chat/protocol.ts'
import type { ChatRecord, ChatSummaryRecord } from '../../records/chat.ts'
import type { OperationContext } from '../context.ts'
import type { DhtInput } from '../dht/input.ts'
import { type Framed, messagesOf } from '../pubsub/framing.ts'
import { Inbox } from '../pubsub/inbox.ts'
import { join } from '../pubsub/join.ts'
import type { Meeting } from '../pubsub/meeting.ts'
import { readLine } from './line.ts'
import { meetInRoom } from './meet-in-room.ts'
import { Session, type SessionInput } from './session.ts'

/** How to take part in a chat. */
export interface ChatInput extends Omit<SessionInput, 'joined' | 'patient'>, Meeting {
  /** the lines that somebody types at a terminal: the chat ends with them */
  typed: AsyncIterable<Framed> | undefined
  /** where they come from otherwise: the first one then waits until somebody is there */
  stdin: Readable
  /** the chat ends with the lines, and it is a failure when nobody was there to hear the first */
  once: boolean
  /** the DHT that rooms are found in */
  dht: DhtInput | undefined
  /** told of a line that cannot be done, and which one it is, from 1; the others go on */
  onFailed(error: unknown, index: number): Promise<void>
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
    joined.then(() => meetInRoom(node, topic, dht, { ...context, signal: left })).catch(() => {})
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
  const obeying = obey(session, input, signal).then(async (hasQuit) => {
    if (!hasQuit && !once && input.typed === undefined) return
    await session.room.linger()
    end()
  })
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

/** Does what each line asks for, one after the other; says whether the last one was `/quit`. */
async function obey(session: Session, { typed, stdin, once, onFailed }: ChatInput, signal: AbortSignal) {
  let index = 0
  let waits = typed === undefined
  for await (const { bytes, length } of typed ?? messagesOf(stdin, 'lines', longest.text, signal)) {
    index++
    try {
      if (bytes === undefined || length > longest.text) throw tooLong(length)
      const action = readLine(Buffer.from(bytes).toString('utf8').replace(/\r$/, ''))
      if (action?.do === 'quit') return true
      if (action?.do === 'say' && waits) {
        // those that come behind do not wait as well
        waits = false
        await session.room.somebody()
      }
      if (action !== undefined) await session.perform(action)
    } catch (error) {
      signal.throwIfAborted()
      if (once && !(error instanceof ToolkitError && error.code === 'usage')) throw error
      await onFailed(error, index)
    }
  }
  return false
}

function tooLong(length: number): ToolkitError {
  return new ToolkitError('usage', `a line of ${length} bytes is too long: ${longest.text} are the most`)
}
