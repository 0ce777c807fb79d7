import { randomBytes } from 'node:crypto'
import { deadlineOf, formatDuration, until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { formatPeerId, parsePeerId } from '../../keys/peer-id.ts'
import { quoted } from '../../keys/quoted.ts'
import { dialTarget } from '../../node/dial.ts'
import type { RunningNode } from '../../node/running-node.ts'
import { encodeRequest } from '../../protocols/chat/request.ts'
import type { ChatSentRecord } from '../../records/chat.ts'
import type { OperationContext } from '../context.ts'
import type { Locate } from '../dht/peer-locator.ts'
import { sendDirect } from './direct.ts'
import type { Roster } from './roster.ts'

/** Who there is to write to. */
export interface Addressees {
  roster: Roster
  /** peers that are here, whether they were heard or not */
  here(): string[]
  /** looks up where a peer is that there is no connection to; absent where there is nobody to be asked */
  locate: Locate | undefined
  /** settles when the peers that this one was told of are connected, or cannot be reached */
  joined: Promise<void>
  /** somebody who is not known may still say what they are called */
  patient: boolean
}

/**
 * Sends a message to one peer alone, and waits until that has taken it.
 *
 * @param node - a running node
 * @param to - the peer's handle, its peer ID, or the end of that
 * @param text - the message
 * @param addressees - who is meant, and where they are
 * @param context - signal, and the time limit of reaching the peer and of its answer
 * @returns the record of it
 * @throws ToolkitError `usage` where nobody, or more than one, is meant, `negative` where nobody came who is; why the peer was not reached, or has not taken it
 */
export async function messageTo(
  node: RunningNode,
  to: string,
  text: string,
  { roster, here, locate, joined, patient }: Addressees,
  context: OperationContext,
): Promise<ChatSentRecord> {
  using deadline = deadlineOf(context.signal, context.timeoutMs, 'nobody came')
  const isWaiting = patient && peerIdIn(to) === undefined
  const called = isWaiting ? await roster.whenCalled(to, here, deadline.signal) : roster.find(to, here())
  context.signal.throwIfAborted()
  const peer = called ?? peerIdIn(to)
  if (peer === undefined) {
    const within = isWaiting ? ` within ${formatDuration(context.timeoutMs)}` : ''
    throw new ToolkitError(isWaiting ? 'negative' : 'usage', `nobody is called ${quoted(to)}${within}`, {
      suggestions: ['/peers lists who is here'],
    })
  }
  if (peer === node.peerId.toString()) throw new ToolkitError('usage', 'that is this peer itself')
  const reach = async () => {
    if (locate === undefined) throw elsewhere(peer)
    const located = await locate({ label: `/p2p/${peer}`, peer, addresses: [] })
    return (await dialTarget(node, located.target, located.context)).connection
  }
  const connected = () =>
    node.libp2p.getConnections().find((one) => one.status === 'open' && one.remotePeer.toString() === peer)
  if (connected() === undefined) await until(joined, deadline.signal)
  const connection = connected() ?? (await reach())
  const id = randomBytes(16)
  const message = { data: Buffer.from(text), created: BigInt(Date.now()), id }
  await sendDirect(connection, encodeRequest({ type: 'SEND_MESSAGE', ...message }), context)
  const at = new Date().toISOString()
  return { type: 'chat-sent', at, direct: true, id: id.toString('base64'), sentTo: [peer] }
}

function elsewhere(peer: string): ToolkitError {
  return new ToolkitError('unreachable', `there is no connection to ${peer}`, {
    layer: 'routing',
    peer,
    suggestions: ['--bootstrap ADDR, its address', '--network NAME, a DHT that it is looked up in'],
  })
}

function peerIdIn(text: string): string | undefined {
  try {
    return formatPeerId(parsePeerId(text))
  } catch {
    return undefined
  }
}
