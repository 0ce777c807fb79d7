import type { Target } from '../../addresses/target.ts'
import { messageOf } from '../../errors/causes.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { connect } from './connect.ts'

/**
 * Connects a node that others can join to the peers that it was told of, if there are any.
 *
 * @param node - a node with pub/sub
 * @param peers - whom to connect to
 * @param context - signal, and the time limit of each
 * @param onFailed - told of each that cannot be reached
 */
export async function join(
  node: RunningNode,
  peers: Target[],
  context: OperationContext,
  onFailed: (note: string) => void,
): Promise<void> {
  const one = async (peer: Target) => {
    try {
      await connect(node, [peer], context, onFailed)
    } catch (error) {
      if (!context.signal.aborted) onFailed(`not joined to ${peer.label}: ${messageOf(error)}`)
    }
  }
  await Promise.all(peers.map(one))
}
