import type { Target } from '../../addresses/target.ts'
import { messageOf } from '../../errors/causes.ts'
import { dialTarget } from '../../node/dial.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'

/**
 * Connects a node that takes part in a DHT to peers of it. They get into its routing table, and it into theirs, once
 * identify has told that they serve the DHT.
 *
 * @param node - a node with a DHT
 * @param bootstrap - peers
 * @param context - signal, and the time limit of each
 * @param onFailed - told of each that cannot be reached
 */
export async function joinDht(
  node: RunningNode,
  bootstrap: Target[],
  context: OperationContext,
  onFailed: (note: string) => void,
): Promise<void> {
  const join = async (target: Target) => {
    try {
      await dialTarget(node, target, context)
    } catch (error) {
      if (!context.signal.aborted) onFailed(`not joined to ${target.label}: ${messageOf(error)}`)
    }
  }
  await Promise.all(bootstrap.map(join))
}
