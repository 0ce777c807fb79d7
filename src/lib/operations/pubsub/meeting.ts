import type { Target } from '../../addresses/target.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import type { MdnsInput } from '../mdns/input.ts'

/** How a node finds the others that take part in pub/sub. */
export interface Meeting {
  /** peers that are known from the beginning */
  peers: Target[]
  /** peers of the local network are looked for as well */
  mdns?: Omit<MdnsInput, 'onNote'> | undefined
  /** told what is worth knowing beside the result */
  onNote: (note: string) => void
}

/**
 * Looks for the peers of the local network, where that is asked for.
 *
 * @param node - a node with pub/sub
 * @param meeting - how the others are found
 * @param context - signal, and the time limit of reaching each
 * @returns what ends the search, where there is one
 * @throws ToolkitError as `meetByMdns` does
 */
export async function lookAround(
  node: RunningNode,
  { mdns, onNote }: Meeting,
  context: OperationContext,
): Promise<AsyncDisposable | undefined> {
  if (mdns === undefined) return undefined
  const { meetByMdns } = await import('./meet-by-mdns.ts')
  return await meetByMdns(node, { ...mdns, onNote }, context)
}
