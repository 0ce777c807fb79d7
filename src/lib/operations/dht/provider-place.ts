import { type DhtNetwork, dhtNetwork, isKept } from '../../addresses/dht-network.ts'
import { networkAddress, peerOf } from '../../addresses/target.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { RunningNode } from '../../node/running-node.ts'
import { type ListenChoices, type ListenPlan, listenPlan } from '../listen-plan.ts'

/** What a command was told of where a provider is to be found. */
export interface PlaceChoices {
  listen?: string[] | undefined
  announce?: string[] | undefined
  /** that of `dhtNetwork` when absent */
  network?: DhtNetwork | undefined
}

/** Where a provider is to be found. */
export interface ProviderPlace {
  /** what it binds; absent where it runs elsewhere */
  plan?: ListenPlan
  /** addresses to tell, instead of those that are bound */
  announce: string[]
}

/**
 * Says where a provider is to be found, before anything is opened or asked.
 *
 * @param choices - addresses in canonical text, and the DHT
 * @param listening - transports, and what they can do
 * @returns the place
 * @throws ToolkitError `usage` where there is none, for an address that cannot be listened on, and for one that servers
 *   of the DHT drop
 */
export function providerPlace(choices: PlaceChoices, listening: ListenChoices): ProviderPlace {
  const { listen, announce = [], network = dhtNetwork() } = choices
  if (listen === undefined && announce.length === 0)
    throw refuse('servers drop providers without an address: pass --listen to stay and serve, or --announce')
  for (const text of announce) {
    if (!isKept(network, networkAddress(text)))
      throw refuse(`${text}: servers of ${network.name} keep ${network.keeps} addresses alone`)
  }
  return { announce, ...(listen && { plan: listenPlan(listen, listening) }) }
}

/**
 * Refuses to tell addresses of another peer as those of a node.
 *
 * @param node - the node, before it has bound anything
 * @param announce - addresses in canonical text
 * @throws ToolkitError `usage` for one that ends in another peer ID
 */
export function refuseForeign({ peerId }: RunningNode, announce: string[]): void {
  for (const text of announce) {
    const owner = peerOf(networkAddress(text))
    if (owner !== undefined && owner !== peerId.toString())
      throw refuse(`${text} is an address of ${owner}, not of this node, ${peerId}: pass its --key`)
  }
}

/**
 * Whether servers of a DHT keep none of the addresses that a node has bound, or announces.
 *
 * @param node - a node that listens
 * @param network - the DHT
 * @returns true where nobody could be told of it
 */
export function isHiddenFrom(node: RunningNode, network: DhtNetwork): boolean {
  return !node.libp2p.getMultiaddrs().some((address) => isKept(network, address))
}

function refuse(message: string): ToolkitError {
  return new ToolkitError('usage', message, { layer: 'routing' })
}
