import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import type { DhtInput } from '../dht/input.ts'
import { isHiddenFrom } from '../dht/provider-place.ts'

/**
 * Looks for a room in a DHT for as long as this peer is in it.
 *
 * @param node - a node that listens
 * @param topic - of the room
 * @param input - whom to ask; nothing is done without
 * @param context - signal, and the time limit of each query
 */
export async function meetInRoom(
  node: RunningNode,
  topic: string,
  input: (DhtInput & { onNote: (note: string) => void }) | undefined,
  context: OperationContext,
): Promise<void> {
  if (input === undefined) return
  const { network, onNote } = input
  if (isHiddenFrom(node, network)) onNote(`servers of ${network.name} keep none of these addresses: pass --listen`)
  const { meetInDht } = await import('./meet-in-dht.ts')
  await meetInDht(node, topic, input, context)
}
