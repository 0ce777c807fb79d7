import type { Target } from '../addresses/target.ts'
import type { Inspector } from '../inspect/inspector.ts'
import type { RunningNode } from '../node/running-node.ts'
import type { OperationContext } from './context.ts'

/** How others are to find a listener. */
export interface FoundBy {
  /** answers mDNS */
  mdns: boolean
  /** by this service; libp2p's when absent */
  service?: string | undefined
  /** peers of the DHT, or of the topics, that it takes part in, to join them by */
  bootstrap: Target[]
  inspector: Inspector | undefined
  /** told what is worth knowing beside the result */
  onNote: (note: string) => void
}

/**
 * Lets others find a listener: it answers mDNS where that was asked for, and joins the DHT or the topics that it
 * takes part in.
 *
 * @param node - a node that listens
 * @param by - what it is found by
 * @param context - signal, and the time limit of reaching each peer to join
 * @returns what ends the answering of mDNS
 * @throws ToolkitError as `answerMdns` does; a peer to join that cannot be reached is noted
 */
export async function beFound(
  node: RunningNode,
  { mdns, service, bootstrap, inspector, onNote }: FoundBy,
  context: OperationContext,
): Promise<AsyncDisposable | undefined> {
  const mdnsModule = mdns ? await import('./mdns/answer-mdns.ts') : undefined
  const answering = await mdnsModule?.answerMdns(node, { service, inspector, onNote })
  if (node.spec.dht !== undefined || bootstrap.length > 0) {
    const { joinDht } = await import('./dht/join-dht.ts')
    void joinDht(node, bootstrap, context, onNote)
  }
  return answering
}
