import type { Connection, Stream, StreamCloseEvent, StreamHandler } from '@libp2p/interface'
import { closedBy } from '../inspect/closed-by.ts'
import { keepFirstBytes } from '../inspect/first-bytes.ts'
import type { RunningNode } from '../node/running-node.ts'
import { recognise } from '../node/upgrade/recognise.ts'
import { finishedUpgrade } from '../node/upgrade/upgrade.ts'
import type { ListenEvent } from '../records/connection.ts'

/**
 * What every record of a connection's events begins with.
 *
 * @param connection - the connection
 * @returns the time, the connection, and the other side
 */
export function eventOf(connection: Connection) {
  return {
    at: new Date().toISOString(),
    connection: connection.id,
    peer: connection.remotePeer.toString(),
    address: connection.remoteAddr.toString(),
    direction: connection.direction,
  }
}

/**
 * Reports every inbound stream: its opening and its end once a protocol is agreed on, and its end
 * alone where none is.
 *
 * A report is put in front of every handler, not by `libp2p.use`: libp2p 3.3 adds the handler to a
 * protocol's middleware once per stream, so that the second stream is handled twice.
 *
 * @param node - a node that has not been started, with all its protocols registered
 * @param onEvent - receives what happens
 */
export async function reportStreams(node: RunningNode, onEvent: (event: ListenEvent) => void): Promise<void> {
  for (const protocol of node.registrar.getProtocols()) {
    const { handler, options } = node.registrar.getHandler(protocol)
    const reported: StreamHandler = (stream, connection) => {
      reportStream(stream, connection, onEvent)
      return handler(stream, connection)
    }
    await node.registrar.handle(protocol, reported, { ...options, force: true })
  }
  node.libp2p.addEventListener('connection:open', ({ detail: connection }) => {
    const upgrade = finishedUpgrade(connection)
    if (upgrade === undefined) return
    const report = (stream: Stream) => reportRefusal(stream, connection, onEvent)
    for (const stream of connection.streams) if (stream.direction === 'inbound') report(stream)
    upgrade.onInboundStream = report
  })
}

function reportStream(stream: Stream, connection: Connection, onEvent: (event: ListenEvent) => void): void {
  const common = { ...eventOf(connection), stream: stream.id, protocol: stream.protocol }
  onEvent({ type: 'stream-opened', ...common })
  const onClose = (event: StreamCloseEvent) => {
    onEvent({ type: 'stream-closed', ...common, at: new Date().toISOString(), ...closedBy(event) })
  }
  stream.addEventListener('close', onClose, { once: true })
}

/** multistream-select lines that are no protocol. */
const notProtocols = new Set(['/multistream/1.0.0', 'ls'])

function reportRefusal(stream: Stream, connection: Connection, onEvent: (event: ListenEvent) => void): void {
  if (stream.protocol !== '') return
  const first = keepFirstBytes(stream, () => {})
  const onClose = (event: StreamCloseEvent) => {
    if (stream.protocol !== '') return
    const said = recognise(first.bytes)
    const asked = said.kind === 'multistream' ? said.lines.filter((line) => !notProtocols.has(line)) : []
    const { by, reason } = closedBy(event)
    onEvent({
      type: 'stream-closed',
      ...eventOf(connection),
      stream: stream.id,
      ...(asked.length > 0 && { asked }),
      by,
      reason: asked.length > 0 ? `no protocol in common: ${asked.join(', ')} was asked for` : `no protocol: ${reason}`,
    })
  }
  stream.addEventListener('close', onClose, { once: true })
}
