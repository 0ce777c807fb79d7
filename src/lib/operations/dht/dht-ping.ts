import { type DhtNetwork, dhtNetwork } from '../../addresses/dht-network.ts'
import type { Target } from '../../addresses/target.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { DhtSummaryRecord } from '../../records/dht.ts'
import type { PongRecord } from '../../records/ping.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import { seedOf } from './known-peer.ts'
import { Query } from './query.ts'

/**
 * Pings a server of the DHT by a `PING` of the DHT's own protocol (kad-dht spec, "RPC messages"), which says that it
 * serves this DHT.
 *
 * @param node - the node that asks
 * @param input - the server, and the DHT, that of `dhtNetwork` when absent
 * @param context - signal and time limit
 * @returns the pong, then the summary
 * @throws ToolkitError when it cannot be reached, does not speak the protocol or does not answer
 */
export async function* dhtPing(
  node: RunningNode,
  input: { target: Target; network?: DhtNetwork | undefined },
  context: OperationContext,
): AsyncGenerator<PongRecord | DhtSummaryRecord> {
  const { target, network = dhtNetwork() } = input
  await using query = new Query(node, { network, bootstrap: [], from: target }, context)
  const at = new Date().toISOString()
  const server = seedOf(target)
  const reply = await query.ask(server, [{ type: 'PING' }]).catch(() => undefined)
  if (reply !== undefined) {
    const { connection, rttMs } = reply
    const path = connection.direct ? 'direct' : 'relayed'
    const peer = connection.remotePeer.toString()
    yield { type: 'pong', at, peer, address: connection.remoteAddr.toString(), seq: 1, rttMs, path }
  }
  const complete = !query.signal.aborted
  yield* conclude(query, { found: reply !== undefined, complete, otherwise: 'no pong' }, context)
}
