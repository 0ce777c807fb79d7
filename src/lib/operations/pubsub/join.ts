import type { Target } from '../../addresses/target.ts'
import { messageOf } from '../../errors/causes.ts'
import { dialTarget } from '../../node/dial.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { lookAround, type Meeting } from './meeting.ts'

/** A node that takes part until its block ends. */
export interface Joined extends AsyncDisposable {
  /** settles when each peer that is known from the beginning is connected, or could not be reached */
  tried: Promise<void>
}

/**
 * Has a node that others can join find them as well, in the background.
 *
 * @param node - a node with pub/sub that listens
 * @param meeting - how the others are found
 * @param context - signal, and the time limit of reaching each
 * @returns what ends it
 * @throws ToolkitError as `meetByMdns` does; a peer that cannot be reached is noted
 */
export async function join(node: RunningNode, meeting: Meeting, context: OperationContext): Promise<Joined> {
  const searching = await lookAround(node, meeting, context)
  const one = async (peer: Target) => {
    try {
      await dialTarget(node, peer, context)
    } catch (error) {
      if (!context.signal.aborted) meeting.onNote(`not joined to ${peer.label}: ${messageOf(error)}`)
    }
  }
  return {
    tried: Promise.all(meeting.peers.map(one)).then(() => {}),
    async [Symbol.asyncDispose]() {
      await searching?.[Symbol.asyncDispose]()
    },
  }
}
