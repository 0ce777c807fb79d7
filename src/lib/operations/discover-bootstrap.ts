import type { BootstrapPeer } from '../addresses/bootstrap/peer.ts'
import { groupTargets, type Target } from '../addresses/target.ts'
import { classify } from '../errors/classify.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import { dialTarget } from '../node/dial.ts'
import { failedDial } from '../node/failed-dial.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import type { DiscoveredRecord, DiscoverSummaryRecord } from '../records/discovered.ts'
import type { OperationContext } from './context.ts'
import { sideBySide } from './side-by-side.ts'

/** How many peers are dialled at a time. */
const peersAtOnce = 16

/** What became of a peer of the list: found, in vain, or the discovery was ended before. */
type Sought = { found: DiscoveredRecord } | { outcomes: AddressOutcome[] } | 'ended'

/**
 * Finds the peers of a bootstrap list: those that answer, and prove that they are who the list says. A connection is
 * closed at once.
 *
 * @param node - the node that dials
 * @param list - the list's name and entries; entries of one peer are alternatives
 * @param context - the signal ends the discovery, and is no failure of it; the time limit is that of each peer
 * @returns each peer once, as it is found; then the summary
 * @throws ToolkitError after the summary when every peer was tried in vain, with the class of the address that got
 *   furthest
 */
export async function* discoverBootstrap(
  node: RunningNode,
  list: { name: string; entries: BootstrapPeer[] },
  context: OperationContext,
): AsyncGenerator<DiscoveredRecord | DiscoverSummaryRecord> {
  const started = performance.now()
  const targets = groupTargets(list.entries.map(({ address }) => address))
  const failures: AddressOutcome[] = []
  let found = 0
  let failed = 0
  for await (const result of sideBySide(targets, peersAtOnce, (target) => seek(node, target, context))) {
    if (result === 'ended') continue
    if ('found' in result) {
      found++
      yield result.found
    } else {
      failed++
      failures.push(...result.outcomes)
    }
  }
  const asked = targets.length
  const complete = found + failed === asked
  const elapsedMs = performance.now() - started
  yield { type: 'summary', via: 'bootstrap', asked, found, failed, complete, elapsedMs }
  if (complete && found === 0) throw failedDial({ label: list.name, addresses: [] }, failures)
}

async function seek(node: RunningNode, target: Target, context: OperationContext): Promise<Sought> {
  try {
    const { connection, address } = await dialTarget(node, target, context)
    const at = new Date().toISOString()
    const peer = connection.remotePeer.toString()
    await closeConnection(connection)
    return { found: { type: 'discovered', peer, addresses: [address.toString()], via: 'bootstrap', at } }
  } catch (error) {
    if (context.signal.aborted) return 'ended'
    const { addresses, code } = classify(error)
    if (code === 'bug') throw error
    return { outcomes: addresses }
  }
}
