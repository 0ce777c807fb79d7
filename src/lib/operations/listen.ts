import type { Readable } from 'node:stream'
import type { Connection, Stream, StreamCloseEvent } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { describeFailure } from '../errors/describe-failure.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { closedBy } from '../inspect/closed-by.ts'
import { layersOf } from '../node/connection-layers.ts'
import type { NodeEvents, RunningNode } from '../node/running-node.ts'
import { finishedUpgrade } from '../node/upgrade/upgrade.ts'
import type { ConnectionFailedRecord, DatastoreFailedRecord, ListenEvent } from '../records/connection.ts'
import { joinConnection } from './join-connection.ts'
import { eventOf, reportStreams } from './report-streams.ts'

/** What a listener does beside answering. */
export interface ListenInput {
  /** receives what happens, and cannot slow it down */
  onEvent: (event: ListenEvent) => void
  /** end after the first peer that came has left */
  once: boolean
  /** joins the first stream of this protocol to an input and an output, and ends with it */
  join?: { protocol: string; input: Readable; output: (chunk: Uint8Array) => Promise<void> }
}

/** A listener in the making: attached to a node before it starts, so that nothing is missed. */
export interface ListenService {
  attach(node: RunningNode): Promise<void>
  /** to be told of connections that failed before they were one */
  inboundFailed: NodeEvents['inboundFailed']
  /** to be told of the failures of its datastore */
  datastoreFailed: NodeEvents['datastoreFailed']
  /** tells what has happened so far, and from now on what happens as it does: its addresses are known */
  announced(): void
  /** settles with the number of peers that connected to it, once the service has ended */
  ended: Promise<{ peers: number }>
}

/**
 * Serves until the signal aborts, the first peer has left (`once`), or the joined stream has ended.
 *
 * @param input - what to do
 * @param signal - ends it
 * @returns the service; `ended` rejects with a ToolkitError when the joined stream is reset
 */
export function listen(input: ListenInput, signal: AbortSignal): ListenService {
  const { promise, resolve: end, reject: fail } = Promise.withResolvers<void>()
  const { promise: known, resolve: announced } = Promise.withResolvers<void>()
  const onEvent = (event: ListenEvent) => void known.then(() => input.onEvent(event))
  let peers = 0
  signal.addEventListener('abort', () => end(), { once: true })
  if (signal.aborted) end()

  const attach = async (node: RunningNode) => {
    node.libp2p.addEventListener('connection:open', ({ detail: connection }) => {
      // one that this side made is no peer that came
      const came = connection.direction === 'inbound'
      if (came) peers++
      onEvent({ type: 'connection-opened', ...eventOf(connection), ...layersOf(connection) })
      const onClose = (event: StreamCloseEvent) => {
        const heldMs = Date.now() - connection.timeline.open
        const closed = closedBy(event, finishedUpgrade(connection)?.raw)
        onEvent({ type: 'connection-closed', ...eventOf(connection), ...closed, heldMs })
        if (input.once && came) end()
      }
      connection.addEventListener('close', onClose, { once: true })
    })
    if (input.join !== undefined) await registerJoin(node, input.join, signal, end, fail)
    await reportStreams(node, onEvent)
  }
  const inboundFailed: NodeEvents['inboundFailed'] = (failure, remote) => onEvent(connectionFailed(failure, remote))
  const ended = promise.then(() => ({ peers }))
  // it may fail while addresses are still being written
  ended.catch(() => {})
  return { attach, inboundFailed, datastoreFailed: datastoreFailures(onEvent), announced, ended }
}

/** The record of a connection that failed before it became a libp2p connection. */
function connectionFailed(failure: ToolkitError, remote?: Multiaddr): ConnectionFailedRecord {
  return {
    type: 'connection-failed',
    at: new Date().toISOString(),
    ...(remote && { address: remote.toString() }),
    ...(failure.peer && { peer: failure.peer }),
    direction: 'inbound',
    error: describeFailure(failure),
  }
}

/** How often a datastore that fails is told of, in milliseconds: each request of a peer may fail. */
const failingEveryMs = 60_000

/**
 * Makes what tells of a datastore that fails: at once, and once a minute while it goes on.
 *
 * @param tell - receives the records
 * @returns what takes the failures
 */
function datastoreFailures(tell: (record: DatastoreFailedRecord) => void): (failure: ToolkitError) => void {
  let next = 0
  return (failure) => {
    const now = Date.now()
    if (now < next) return
    next = now + failingEveryMs
    tell({ type: 'datastore-failed', at: new Date(now).toISOString(), error: describeFailure(failure) })
  }
}

async function registerJoin(
  node: RunningNode,
  join: NonNullable<ListenInput['join']>,
  signal: AbortSignal,
  end: () => void,
  fail: (error: unknown) => void,
): Promise<void> {
  if (node.registrar.getProtocols().includes(join.protocol)) {
    throw new ToolkitError('usage', `this node answers ${join.protocol} itself: its streams cannot be joined`)
  }
  let taken = false
  const handler = (stream: Stream, connection: Connection) => {
    if (taken) return stream.abort(new Error('another stream has been joined'))
    taken = true
    joinConnection(connection, stream, { ...join, endWithRemote: true }, signal).then(end, fail)
  }
  await node.libp2p.handle(join.protocol, handler, { maxInboundStreams: 64, runOnLimitedConnection: true })
}
