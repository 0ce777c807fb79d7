import { dialTarget } from '../../node/dial.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { targetOf } from '../dht/told-peer.ts'

/**
 * Connects to a peer that was heard of, unless it is already; pub/sub does the rest. Who is told of may be gone: that it
 * cannot be reached is no failure.
 *
 * @param node - a node with pub/sub
 * @param told - the peer, and its addresses with or without the peer ID
 * @param context - signal, and the time limit
 */
export async function meet(
  node: RunningNode,
  { peer, addresses }: { peer: string; addresses: string[] },
  context: OperationContext,
): Promise<void> {
  const known = [node.peerId, ...node.libp2p.getPeers()].map(String)
  if (known.includes(peer)) return
  await dialTarget(node, targetOf(peer, addresses), context).catch(() => {})
}
