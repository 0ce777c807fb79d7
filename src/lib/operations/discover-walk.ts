import type { RunningNode } from '../node/running-node.ts'
import type { DiscoveredRecord, DiscoverSummaryRecord } from '../records/discovered.ts'
import type { OperationContext } from './context.ts'
import { walk } from './dht/walk.ts'

/**
 * Finds peers by a random walk through a DHT.
 *
 * @param node - the node that asks
 * @param input - whom to ask at first, and how many peers are enough
 * @param context - the signal ends the discovery, and is no failure of it; the time limit is that of each lookup
 * @returns each peer once, as soon as it is named, then the summary
 * @throws ToolkitError why nobody answered the first lookup
 */
export async function* discoverWalk(
  node: RunningNode,
  input: Parameters<typeof walk>[1],
  context: OperationContext,
): AsyncGenerator<DiscoveredRecord | DiscoverSummaryRecord> {
  const via = 'walk'
  let found = 0
  for await (const record of walk(node, input, context)) {
    if (record.type === 'peer') {
      found++
      yield { ...record, type: 'discovered', via, at: new Date().toISOString() }
    } else {
      const { queried: asked, failed, complete, elapsedMs } = record
      yield { type: 'summary', via, asked, found, failed, complete, elapsedMs }
    }
  }
}
