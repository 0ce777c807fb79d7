import type { Connection, Stream } from '@libp2p/interface'
import { messageOf } from '../errors/causes.ts'
import { deadlineOf, formatDuration, until } from '../errors/deadline.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { finishedUpgrade } from '../node/upgrade/upgrade.ts'
import type { OperationContext } from './context.ts'

/**
 * Opens a stream and agrees on the first of several protocols that the other side speaks.
 *
 * @param connection - an open connection; a relay's limited one will do
 * @param protocols - protocol IDs in order of preference
 * @param context - signal and time limit
 * @returns the stream; its `protocol` is the one agreed on
 * @throws ToolkitError `protocol` when the other side speaks none of them or hangs up, `timeout`
 *   when it does not answer
 */
export async function openStream(
  connection: Connection,
  protocols: string[],
  context: Pick<OperationContext, 'signal' | 'timeoutMs'>,
): Promise<Stream> {
  const names = protocols.join(', ')
  const within = `no answer to ${names} within ${formatDuration(context.timeoutMs)}`
  using deadline = deadlineOf(context.signal, context.timeoutMs, within)
  const { signal } = deadline
  try {
    return await until(connection.newStream(protocols, { signal, runOnLimitedConnection: true }), signal)
  } catch (error) {
    const failure = explain(connection, names, error, signal)
    if (failure instanceof ToolkitError) finishedUpgrade(connection)?.tap?.failed(failure)
    throw failure
  }
}

/** What became of a negotiation; the reason itself where the caller ended it. */
function explain(connection: Connection, names: string, error: unknown, signal: AbortSignal): unknown {
  const peer = connection.remotePeer.toString()
  const cause = signal.aborted ? signal.reason : error
  if (cause instanceof ToolkitError) {
    if (cause.code !== 'timeout') return cause
    return new ToolkitError('timeout', cause.message, { layer: 'stream', peer, cause: error })
  }
  const name = error instanceof Error ? error.name : ''
  if (name === 'UnsupportedProtocolError') {
    return new ToolkitError('protocol', `the peer does not speak ${names}`, {
      layer: 'protocol',
      peer,
      cause: error,
      suggestions: ['p2p identify ADDR lists the protocols that it speaks'],
    })
  }
  const message = messageOf(error)
  return new ToolkitError('protocol', `no stream for ${names}: ${message}`, { layer: 'stream', peer, cause: error })
}
