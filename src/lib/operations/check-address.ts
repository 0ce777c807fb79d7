import type { ResolvedAddress } from '../addresses/resolve.ts'
import { deadlineOf, formatDuration } from '../errors/deadline.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import { dialCandidate, judge } from '../node/candidate.ts'
import { outcomeOf } from '../node/failed-dial.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import type { OperationContext } from './context.ts'
import { DialPace } from './dial-pace.ts'

/** What became of an address that was dialled. */
export type AddressCheck =
  | { ok: true; address: string; peer: string; totalMs: number }
  | { ok: false; outcome: AddressOutcome }

/**
 * Makes the check of addresses that have nothing left to look up: each is dialled, when its host may be dialled again,
 * and the connection closed.
 *
 * @param node - the node that dials
 * @returns the check of one address: who is there, or why it cannot be reached. The time limit begins with the dial.
 *   It throws the signal's reason when that aborts
 */
export function addressCheck(
  node: RunningNode,
): (resolved: ResolvedAddress, context: OperationContext) => Promise<AddressCheck> {
  const pace = new DialPace()
  return async (resolved, { signal, timeoutMs }) => {
    const [{ refused } = {}] = judge(node, [resolved])
    if (refused !== undefined) return { ok: false, outcome: refused }
    const { address } = resolved
    using _place = await pace.enter([address], signal)
    const started = performance.now()
    using deadline = deadlineOf(signal, timeoutMs, `not within ${formatDuration(timeoutMs)}`)
    try {
      const connection = await dialCandidate(node, resolved, deadline.signal)
      const totalMs = performance.now() - started
      await closeConnection(connection)
      return { ok: true, address: address.toString(), peer: connection.remotePeer.toString(), totalMs }
    } catch (error) {
      signal.throwIfAborted()
      return { ok: false, outcome: outcomeOf(address, error, 'transport') }
    }
  }
}
