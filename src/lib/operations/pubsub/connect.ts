import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { dialTarget } from '../../node/dial.ts'
import type { Pubsub } from '../../node/pubsub/pubsub.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { lookAround, type Meeting } from './meeting.ts'

/**
 * The pub/sub of a node.
 *
 * @param node - a node whose spec has pub/sub
 * @returns its pub/sub
 * @throws Error for a node without
 */
export function pubsubOf({ pubsub }: RunningNode): Pubsub {
  if (pubsub === undefined) throw new Error('the node was opened without pub/sub')
  return pubsub
}

/**
 * Connects a node that only dials to the others; pub/sub begins with each once identify has told that it speaks it. Peers
 * of the local network go on to be looked for.
 *
 * @param node - a node with pub/sub
 * @param meeting - how the others are found
 * @param context - signal, and the time limit of each
 * @returns what ends the search, where there is one
 * @throws ToolkitError why nobody could be reached where no more are looked for, `unreachable` where there is nobody; as
 *   `meetByMdns` does
 */
export async function connect(
  node: RunningNode,
  meeting: Meeting,
  context: OperationContext,
): Promise<AsyncDisposable | undefined> {
  const { peers, mdns, onNote } = meeting
  if (peers.length === 0 && mdns === undefined) throw nobody()
  const searching = await lookAround(node, meeting, context)
  const results = await Promise.allSettled(peers.map((peer) => dialTarget(node, peer, context)))
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  context.signal.throwIfAborted()
  if (searching === undefined && failures.length === peers.length) throw failures[0]
  results.forEach((result, index) => {
    if (result.status === 'rejected') onNote(`not joined to ${peers[index]?.label}: ${messageOf(result.reason)}`)
  })
  return searching
}

function nobody(): ToolkitError {
  return new ToolkitError('unreachable', 'no peers: pass --bootstrap, --list or --mdns', {
    layer: 'pubsub',
    suggestions: [
      '--bootstrap ADDR, the address of a peer that takes part in pub/sub',
      '--list NAME, a list of such peers that `p2p bootstrap add` has made',
    ],
  })
}
