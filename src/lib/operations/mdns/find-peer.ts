import { deadlineOf } from '../../errors/deadline.ts'
import type { PeerRecord } from '../../records/dht.ts'
import type { MdnsSummaryRecord } from '../../records/mdns.ts'
import type { OperationContext } from '../context.ts'
import type { MdnsInput } from './input.ts'
import { PeerSearch } from './peer-search.ts'

/**
 * Looks a peer up on the local network alone. Ends with the first answer that says where it is.
 *
 * @param input - the service, and `peer`, the peer ID in base58btc
 * @param context - signal, and the time limit
 * @returns the peer, then the summary
 * @throws ToolkitError `timeout` at the deadline, since a peer can always still come; `local` or `unreachable` where it
 *   can be asked on no interface; the signal's reason
 */
export async function* findPeerByMdns(
  input: MdnsInput & { peer: string },
  { signal, timeoutMs }: OperationContext,
): AsyncGenerator<PeerRecord | MdnsSummaryRecord> {
  const { peer } = input
  using deadline = deadlineOf(signal, timeoutMs, `${peer} did not answer on the local network before the deadline`)
  await using search = await PeerSearch.begin(input, peer)
  let found = 0
  for await (const { addresses } of search.peers(deadline.signal)) {
    found++
    yield { type: 'peer', peer, addresses }
    break
  }
  yield { type: 'summary', via: 'mdns', found, ignored: search.ignored, elapsedMs: search.elapsedMs }
  if (found === 0) deadline.signal.throwIfAborted()
}
