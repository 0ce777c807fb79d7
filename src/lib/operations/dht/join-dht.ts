import type { Target } from '../../addresses/target.ts'
import { messageOf } from '../../errors/causes.ts'
import { dialTarget } from '../../node/dial.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { sideBySide } from '../side-by-side.ts'
import { concurrency } from './parameters.ts'
import { peersOfLastTime } from './peers-of-last-time.ts'

/**
 * Connects a node that takes part in a DHT to peers of it: those that are given, and those that its datastore kept.
 * They get into its routing table, and it into theirs, once identify has told that they serve the DHT. kad-dht asks the
 * kept ones itself, but one after the other and for 20 seconds, so that a few that are gone hide the others.
 *
 * @param node - a node with a DHT
 * @param bootstrap - peers
 * @param context - signal, and the time limit of each
 * @param tell - told of each given peer that cannot be reached, and how many of the kept ones were
 */
export async function joinDht(
  node: RunningNode,
  bootstrap: Target[],
  context: OperationContext,
  tell: (note: string) => void,
): Promise<void> {
  const join = async (target: Target, failed: (why: string) => void) => {
    try {
      await dialTarget(node, target, context)
      return 1
    } catch (error) {
      if (!context.signal.aborted) failed(messageOf(error))
      return 0
    }
  }
  const rejoin = async () => {
    const kept = await peersOfLastTime(node, context.signal)
    let reached = 0
    for await (const one of sideBySide(kept, concurrency, (target) => join(target, () => {}))) reached += one
    if (kept.length > 0 && !context.signal.aborted) tell(`reached ${reached} of ${kept.length} peers of the datastore`)
  }
  const joining = bootstrap.map((target) => join(target, (why) => tell(`not joined to ${target.label}: ${why}`)))
  const rejoining = rejoin().catch((error: unknown) => {
    if (!context.signal.aborted) tell(`no peers of the datastore: ${messageOf(error)}`)
  })
  await Promise.all([...joining, rejoining])
}
