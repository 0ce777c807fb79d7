import type { Readable } from 'node:stream'
import { deadlineOf, until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { longest } from '../../protocols/chat/protocol.ts'
import type { OperationContext } from '../context.ts'
import { type Framed, messagesOf } from '../pubsub/framing.ts'
import { type ChatAction, readLine } from './line.ts'
import type { Session } from './session.ts'

/** How long somebody who quits waits for what is on its way, in milliseconds. */
const farewellMs = 2000

/** Where lines come from, and what becomes of them. */
export interface Lines {
  /** the lines that somebody types at a terminal: the chat ends with them */
  typed: AsyncIterable<Framed> | undefined
  /** where they come from otherwise: the first one then waits until somebody is there */
  stdin: Readable
  /** the chat ends with the lines, and it is a failure when nobody was there to hear the first */
  once: boolean
  /** told of a line that cannot be done, and which one it is, from 1; the others go on */
  onFailed(error: unknown, index: number): Promise<void>
  /** told what is worth knowing beside */
  onNote(note: string): void
}

/**
 * Does what each line asks for. Lines of a pipe wait for each other; whoever types is never kept waiting.
 *
 * @param session - does it
 * @param lines - the lines
 * @param context - signal, and the time limit of each wait for a peer
 * @returns whether the chat is over, once what was said has arrived
 * @throws ToolkitError `negative` where `once` was asked for, and nobody came to hear the first message
 */
export async function obeyAll(session: Session, lines: Lines, context: OperationContext): Promise<boolean> {
  const { typed, once } = lines
  if (typed !== undefined) {
    await obeyTyped(session, typed, lines, context.signal)
    return true
  }
  const hasQuit = await obeyPipe(session, lines, context.signal)
  if (!hasQuit && !once) return false
  await session.room.linger()
  return true
}

async function obeyTyped(
  session: Session,
  typed: AsyncIterable<Framed>,
  { onFailed }: Lines,
  signal: AbortSignal,
): Promise<void> {
  let before: Promise<void> = Promise.resolve()
  let index = 0
  let isOver = false
  for await (const line of typed) {
    const number = ++index
    const attempt = async (act: () => void | Promise<void>) => {
      try {
        await act()
      } catch (error) {
        if (!isOver && !signal.aborted) await onFailed(error, number)
      }
    }
    let action: ChatAction | undefined
    await attempt(() => {
      action = actionOf(line)
    })
    if (action?.do === 'quit') break
    const perform = async () => await attempt(async () => await doIt(session, action))
    // who is written to alone may be slow to answer, or gone
    if (action?.do === 'msg') void perform()
    else before = before.then(perform)
  }
  using deadline = deadlineOf(signal, farewellMs, 'it takes too long')
  await until(
    before.then(() => session.room.linger()),
    deadline.signal,
  ).catch(() => {})
  isOver = true
}

/** Says whether the last line was `/quit`. */
async function obeyPipe(
  session: Session,
  { stdin, once, onFailed, onNote }: Lines,
  signal: AbortSignal,
): Promise<boolean> {
  let index = 0
  let waits = true
  let isAlone = false
  for await (const line of messagesOf(stdin, 'lines', longest.text, signal)) {
    index++
    try {
      const action = actionOf(line)
      if (action?.do === 'quit') return true
      if (action?.do === 'say' && waits) {
        // those that come behind do not wait as well
        waits = false
        isAlone = true
        await session.room.somebody()
        isAlone = false
      }
      await doIt(session, action)
    } catch (error) {
      if (signal.aborted) onNote(`line ${index} was not sent`)
      signal.throwIfAborted()
      if (once && isAlone) throw error
      await onFailed(error, index)
    }
  }
  return false
}

async function doIt(session: Session, action: ChatAction | undefined): Promise<void> {
  if (action !== undefined && action.do !== 'quit') await session.perform(action)
}

function actionOf({ bytes, length }: Framed): ChatAction | undefined {
  if (bytes !== undefined && length <= longest.text) {
    return readLine(Buffer.from(bytes).toString('utf8').replace(/\r$/, ''))
  }
  throw new ToolkitError('usage', `a line of ${length} bytes is too long: ${longest.text} are the most`)
}
