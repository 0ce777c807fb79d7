import type { Connection, Stream } from '@libp2p/interface'
import { closeConnection } from '../node/running-node.ts'
import { awaitDelivery } from './delivery.ts'
import { type Ends, joinStream } from './join-stream.ts'

/**
 * Joins a stream to an input and an output, sees that the other side receives everything, and
 * closes the connection.
 *
 * @param connection - the stream's connection
 * @param stream - an open stream that nobody reads from
 * @param ends - input and output
 * @param signal - ends it; the stream is then reset
 * @throws ToolkitError `protocol` when the other side resets the stream
 */
export async function joinConnection(
  connection: Connection,
  stream: Stream,
  ends: Ends,
  signal: AbortSignal,
): Promise<void> {
  const { acknowledged } = await joinStream(stream, ends, signal)
  await awaitDelivery(connection, acknowledged, signal)
  await closeConnection(connection)
}
