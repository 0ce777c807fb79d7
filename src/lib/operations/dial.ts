import type { Connection } from '@libp2p/interface'
import { peerOf, type Target } from '../addresses/target.ts'
import { deadlineOf } from '../errors/deadline.ts'
import { closedBy } from '../inspect/closed-by.ts'
import { dialTarget } from '../node/dial.ts'
import type { RunningNode } from '../node/running-node.ts'
import { finishedUpgrade } from '../node/upgrade/upgrade.ts'
import type { ConnectionClosedRecord, DialedRecord } from '../records/connection.ts'
import type { OperationContext } from './context.ts'
import { reportOf } from './dial-report.ts'

/** A connection that was made, with its report. */
export interface DialResult {
  record: DialedRecord
  connection: Connection
}

/**
 * Connects to a target and reports what each layer agreed on.
 *
 * @param node - the node that dials
 * @param target - the peer and its alternatives
 * @param context - signal and time limit
 * @returns the report, and the connection that it is about
 * @throws ToolkitError when no address works
 */
export async function dial(node: RunningNode, target: Target, context: OperationContext): Promise<DialResult> {
  const dialed = await dialTarget(node, target, context)
  const { connection, address } = dialed
  const record: DialedRecord = {
    type: 'dialed',
    peer: connection.remotePeer.toString(),
    address: address.toString(),
    ...reportOf(node, dialed),
    direct: connection.direct,
    limited: connection.limits !== undefined,
    authenticated: target.addresses.every((known) => peerOf(known) !== undefined),
  }
  return { record, connection }
}

/**
 * Holds a connection until one side ends it, or until the time is over or the signal aborts: then this side closes it.
 *
 * @param connection - an open connection
 * @param holdMs - how long to hold it, in milliseconds
 * @param commandSignal - ends the wait
 * @returns who closed it, and why
 */
export async function holdConnection(
  connection: Connection,
  holdMs: number,
  commandSignal: AbortSignal,
): Promise<ConnectionClosedRecord> {
  using held = deadlineOf(commandSignal, holdMs, 'held long enough')
  const { signal } = held
  const ended = await new Promise<{ by: 'local' | 'remote'; reason: string }>((resolve) => {
    const onAbort = () => resolve({ by: 'local', reason: 'closed' })
    connection.addEventListener('close', (event) => resolve(closedBy(event, finishedUpgrade(connection)?.raw)), {
      once: true,
    })
    signal.addEventListener('abort', onAbort, { once: true })
    if (connection.status !== 'open') resolve({ by: 'remote', reason: 'closed' })
    else if (signal.aborted) onAbort()
  })
  return {
    type: 'connection-closed',
    at: new Date().toISOString(),
    connection: connection.id,
    peer: connection.remotePeer.toString(),
    address: connection.remoteAddr.toString(),
    direction: connection.direction,
    ...ended,
    heldMs: Date.now() - connection.timeline.open,
  }
}
