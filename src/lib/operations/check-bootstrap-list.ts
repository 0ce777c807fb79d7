import type { BootstrapPeer } from '../addresses/bootstrap/peer.ts'
import { networkAddress, type Target } from '../addresses/target.ts'
import type { RunningNode } from '../node/running-node.ts'
import type { OperationContext } from './context.ts'
import { type DialEachInput, dialEach } from './dial-each.ts'
import type { DialMatrix } from './dial-matrix.ts'

/** Which entries to dial, and what is asked of them. */
interface CheckBootstrapInput {
  entries: BootstrapPeer[]
  /** every entry has to work: at least one of the addresses that it leads to */
  requireAll: boolean
  /** told of each attempt as it ends */
  onAttempt: DialEachInput['onAttempt']
}

/**
 * Dials every entry of a bootstrap list, and every address that its name leads to, side by side. Each entry is a target
 * of its own, also where several are of one peer.
 *
 * @param node - the node that dials
 * @param input - the entries, one at least
 * @param context - signal, and the time limit of each look-up and each dial
 * @returns every attempt, and whether it is a failure: no entry works; or not all do, where that is required. It has
 *   then the worst class among the entries that do not work
 */
export async function checkBootstrapList(
  node: RunningNode,
  input: CheckBootstrapInput,
  context: OperationContext,
): Promise<DialMatrix> {
  const { entries, requireAll, onAttempt } = input
  const targets = entries.map(
    ({ address, peer }): Target => ({ label: address, peer, addresses: [networkAddress(address)] }),
  )
  const { failure, ...matrix } = await dialEach(node, { targets, requireAll: false, onAttempt }, context)
  const failed = requireAll || matrix.summary.succeeded === 0
  return { ...matrix, ...(failed && failure && { failure }) }
}
