import type { ResolvedAddress } from '../addresses/resolve.ts'
import { classify } from '../errors/classify.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import { dialResolved } from '../node/dial.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import type { OperationContext } from './context.ts'

/** What became of an address that was dialled. */
export type AddressCheck =
  | { ok: true; address: string; peer: string; totalMs: number }
  | { ok: false; outcome: AddressOutcome }

/**
 * Makes the check of addresses that have nothing left to look up: each is dialled, and the connection closed again.
 *
 * @param node - the node that dials
 * @returns the check of one address: who is there, or why it cannot be reached. It throws the signal's reason when
 *   that aborts
 */
export function addressCheck(
  node: RunningNode,
): (resolved: ResolvedAddress, context: OperationContext) => Promise<AddressCheck> {
  return async (resolved, context) => {
    try {
      const { connection, totalMs } = await dialResolved(node, resolved, context)
      await closeConnection(connection)
      return { ok: true, address: resolved.address.toString(), peer: connection.remotePeer.toString(), totalMs }
    } catch (error) {
      const [outcome] = classify(error).addresses
      if (outcome === undefined) throw error
      return { ok: false, outcome }
    }
  }
}
