import type { Target } from '../addresses/target.ts'
import { deadlineOf, formatDuration } from '../errors/deadline.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { dialTarget } from '../node/dial.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import { readIdentifyMessages } from '../protocols/identify/client.ts'
import { decodeIdentity } from '../protocols/identify/message.ts'
import { identifyProtocol } from '../protocols/identify/protocol.ts'
import type { IdentityRecord } from '../records/identity.ts'
import type { OperationContext } from './context.ts'
import { openStream } from './open-stream.ts'

/**
 * Asks a peer who it is. The answer is decoded here, so that one malformed field does not hide the
 * others.
 *
 * @param node - the node that dials
 * @param target - the peer
 * @param context - signal and time limit
 * @returns what the peer says of itself
 * @throws ToolkitError when it cannot be reached, does not answer or breaks the protocol
 */
export async function identify(node: RunningNode, target: Target, context: OperationContext): Promise<IdentityRecord> {
  const within = `no answer to ${identifyProtocol} within ${formatDuration(context.timeoutMs)}`
  using deadline = deadlineOf(context.signal, context.timeoutMs, within)
  const { connection } = await dialTarget(node, target, context)
  const peer = connection.remotePeer.toString()
  try {
    const stream = await openStream(connection, [identifyProtocol], { signal: deadline.signal, timeoutMs: 0 })
    const messages = await readIdentifyMessages(stream, deadline.signal).catch((error) => {
      throw ofPeer(error, peer)
    })
    const { publicKey, ...identity } = decodeIdentity(messages, peer)
    const key = publicKey && { publicKey: Buffer.from(publicKey).toString('base64') }
    return { type: 'identity', peer, ...identity, ...key }
  } finally {
    await closeConnection(connection)
  }
}

function ofPeer(error: unknown, peer: string): unknown {
  if (!(error instanceof ToolkitError) || (error.code !== 'protocol' && error.code !== 'timeout')) return error
  return new ToolkitError(error.code, error.message, { layer: 'protocol', peer, cause: error.cause })
}
