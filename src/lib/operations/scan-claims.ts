import { messageOf } from '../errors/causes.ts'
import { deadlineOf, formatDuration, until } from '../errors/deadline.ts'
import { finishedUpgrade } from '../node/upgrade/upgrade.ts'
import { readIdentifyMessages } from '../protocols/identify/client.ts'
import { decodeIdentity } from '../protocols/identify/message.ts'
import { identifyProtocol } from '../protocols/identify/protocol.ts'
import { readProtocolList } from '../protocols/multistream-list.ts'
import type { OperationContext } from './context.ts'
import type { Claims } from './scan-candidates.ts'
import type { ScanSession } from './scan-session.ts'

/** `ls` is an extra: a peer that ignores it is not waited for as long as for an answer, in milliseconds. */
const listWithinMs = 5000

/**
 * Asks a peer what it speaks, by `ls` of multistream-select and by identify.
 *
 * @param session - a connection to the peer
 * @param problems - receives what went wrong, one clause each
 * @param context - signal and time limit
 * @returns what it claims; a list is absent where it did not answer
 * @throws ToolkitError when there is no connection to ask on any more, and the signal's reason
 */
export async function readClaims(session: ScanSession, problems: string[], context: OperationContext): Promise<Claims> {
  const listed = await list(session, problems, context)
  const identified = await identify(session, problems, context)
  return { ...(listed && { listed }), ...(identified && { identified }) }
}

async function list(
  session: ScanSession,
  problems: string[],
  { signal, timeoutMs }: OperationContext,
): Promise<string[] | undefined> {
  const connection = await session.connection()
  const openBareStream = finishedUpgrade(connection)?.openBareStream
  if (openBareStream === undefined) return undefined
  const withinMs = timeoutMs === 0 ? listWithinMs : Math.min(timeoutMs, listWithinMs)
  using deadline = deadlineOf(signal, withinMs, `no answer to ls within ${formatDuration(withinMs)}`)
  try {
    return await readProtocolList(await until(openBareStream(), deadline.signal), deadline.signal)
  } catch (error) {
    signal.throwIfAborted()
    problems.push(messageOf(error))
    return undefined
  }
}

async function identify(
  session: ScanSession,
  problems: string[],
  { signal, timeoutMs }: OperationContext,
): Promise<string[] | undefined> {
  const answer = await session.ask(identifyProtocol)
  const failed = (error: unknown) => {
    signal.throwIfAborted()
    problems.push(`what it claims is not known: ${messageOf(error)}`)
    return undefined
  }
  if (answer.stream === undefined) return failed(answer.failure)
  const within = `no answer to ${identifyProtocol} within ${formatDuration(timeoutMs)}`
  using deadline = deadlineOf(signal, timeoutMs, within)
  try {
    const messages = await readIdentifyMessages(answer.stream, deadline.signal)
    const { protocols, truncated } = decodeIdentity(messages, '')
    if (truncated) problems.push('identify says more than is kept: not every claim is asked for')
    return protocols
  } catch (error) {
    return failed(error)
  }
}
