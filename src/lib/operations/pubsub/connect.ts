import type { Target } from '../../addresses/target.ts'
import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { dialTarget } from '../../node/dial.ts'
import type { Pubsub } from '../../node/pubsub/pubsub.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'

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
 * Connects a node to the peers that it was told of; pub/sub begins with each once identify has told that it speaks it.
 *
 * @param node - a node with pub/sub
 * @param peers - whom to connect to
 * @param context - signal, and the time limit of each
 * @param onFailed - told of each that cannot be reached, where others can
 * @throws ToolkitError why nobody could be reached, `unreachable` where there is nobody
 */
export async function connect(
  node: RunningNode,
  peers: Target[],
  context: OperationContext,
  onFailed: (note: string) => void,
): Promise<void> {
  if (peers.length === 0) throw nobody()
  const results = await Promise.allSettled(peers.map((peer) => dialTarget(node, peer, context)))
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  context.signal.throwIfAborted()
  if (failures.length === peers.length) throw failures[0]
  results.forEach((result, index) => {
    if (result.status === 'rejected') onFailed(`not joined to ${peers[index]?.label}: ${messageOf(result.reason)}`)
  })
}

function nobody(): ToolkitError {
  return new ToolkitError('unreachable', 'no peers: pass --bootstrap', {
    layer: 'pubsub',
    suggestions: ['--bootstrap ADDR, the address of a peer that takes part in pub/sub'],
  })
}
