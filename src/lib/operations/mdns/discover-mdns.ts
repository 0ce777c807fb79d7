import type { DiscoveredRecord } from '../../records/discovered.ts'
import type { MdnsSummaryRecord } from '../../records/mdns.ts'
import type { MdnsInput } from './input.ts'
import { PeerSearch } from './peer-search.ts'

/**
 * Finds the peers that answer on the local network (libp2p specs, discovery/mdns.md). Nothing checks that they are who
 * their answers say.
 *
 * @param input - the service, and how many peers are enough
 * @param signal - ends the discovery, and is no failure of it
 * @returns each peer once, as it is heard of; then the summary
 * @throws ToolkitError `local` or `unreachable` where it can be asked on no interface
 */
export async function* discoverMdns(
  input: MdnsInput & { limit?: number | undefined },
  signal: AbortSignal,
): AsyncGenerator<DiscoveredRecord | MdnsSummaryRecord> {
  await using search = await PeerSearch.begin(input)
  let found = 0
  for await (const { peer, addresses, at } of search.peers(signal)) {
    found++
    yield { type: 'discovered', peer, addresses, via: 'mdns', at }
    if (found === input.limit) break
  }
  yield { type: 'summary', via: 'mdns', found, ignored: search.ignored, elapsedMs: search.elapsedMs }
}
