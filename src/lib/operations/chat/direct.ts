import type { Connection, Stream } from '@libp2p/interface'
import { deadlineOf, formatDuration, until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { RunningNode } from '../../node/running-node.ts'
import { isHalfClosed } from '../../node/upgrade/watched-muxer.ts'
import { chatProtocol, longestRequest } from '../../protocols/chat/protocol.ts'
import { LengthPrefixed } from '../../protocols/length-prefixed.ts'
import { writeVarint } from '../../protocols/protobuf.ts'
import type { OperationContext } from '../context.ts'
import { openStream } from '../open-stream.ts'
import { receive } from '../stream-output.ts'

/** How long a peer may keep a stream open and say nothing on it, in milliseconds. */
const idleMs = 30_000
/** Streams of one connection that may be open towards this node. */
const maxInboundStreams = 32

/** What becomes of what peers send to this peer alone. */
export interface DirectListener {
  /** takes a request, or refuses it by false */
  take(peer: string, request: Uint8Array): boolean
  /** told of one that is longer than may be */
  reject(peer: string, reason: string): void
}

/**
 * Answers direct messages: each stream carries requests with their lengths in front, and is half-closed once all of them
 * are taken; it is reset as soon as one is not.
 *
 * @param node - a running node
 * @param listener - takes them
 */
export async function answerDirect(node: RunningNode, listener: DirectListener): Promise<void> {
  const answer = (stream: Stream, { remotePeer }: Connection) => {
    const peer = remotePeer.toString()
    const frames = new LengthPrefixed(longestRequest)
    const idle = setTimeout(() => stream.abort(new Error('nothing came')), idleMs)
    const endIfTaken = () => {
      if (isHalfClosed(stream) && stream.readBufferLength === 0) stream.close().catch((error) => stream.abort(error))
    }
    stream.addEventListener('message', ({ data }) => {
      idle.refresh()
      const areTaken = frames.read(data.subarray()).every((request) => listener.take(peer, request))
      if (frames.isBroken) listener.reject(peer, `a direct request of more than ${longestRequest} bytes`)
      if (frames.isBroken || !areTaken) stream.abort(new Error('it is not taken'))
      // what was held back is handed out in one go
      else queueMicrotask(endIfTaken)
    })
    stream.addEventListener('remoteCloseWrite', endIfTaken)
    stream.addEventListener('close', () => clearTimeout(idle))
    endIfTaken()
  }
  await node.libp2p.handle(chatProtocol, answer, { maxInboundStreams, runOnLimitedConnection: true })
}

/**
 * Sends a request to one peer alone, and waits until that has taken it.
 *
 * @param connection - to the peer
 * @param request - the request
 * @param context - signal, and the time limit
 * @throws ToolkitError `protocol` where it does not speak the chat, or has not taken it; `timeout`
 */
export async function sendDirect(
  connection: Connection,
  request: Uint8Array,
  { signal, timeoutMs }: OperationContext,
): Promise<void> {
  const peer = connection.remotePeer.toString()
  const late = `${peer} has not taken the message within ${formatDuration(timeoutMs)}`
  using deadline = deadlineOf(signal, timeoutMs, late)
  const stream = await openStream(connection, [chatProtocol], { signal: deadline.signal, timeoutMs: 0 })
  try {
    const taken = receive(stream, async () => {}, deadline.signal)
    stream.send(Buffer.concat([writeVarint(request.length), request]))
    await until(Promise.all([taken, stream.close({ signal: deadline.signal })]), deadline.signal)
  } catch (error) {
    stream.abort(new Error('the message was given up'))
    if (!(error instanceof ToolkitError) || error.code !== 'protocol') throw error
    const { message, layer = 'stream', cause } = error
    throw new ToolkitError('protocol', `${peer} has not taken the message: ${message}`, { layer, peer, cause })
  }
}
