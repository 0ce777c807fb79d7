import { type DhtNetwork, dhtNetwork } from '../../addresses/dht-network.ts'
import { groupTargets, type Target } from '../../addresses/target.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'

/** Whom to ask. */
export interface DhtInput {
  network: DhtNetwork
  /** the peers that a lookup begins with */
  bootstrap: Target[]
  /** asks this server only, once, and follows no referral */
  from?: Target
}

/** What a command was told of it. */
export interface DhtChoices {
  /** amino when absent */
  network?: DhtNetwork | undefined
  /** addresses of peers that a lookup begins with */
  bootstrap?: string[] | undefined
  /** address of the only server to ask */
  from?: string | undefined
}

/**
 * Says whom to ask, before anything is opened.
 *
 * @param choices - the DHT, and addresses of its peers
 * @returns the input of a query
 * @throws ToolkitError `unreachable` where there is nobody, `usage` for what is no address of a peer
 */
export function dhtInput({ network = dhtNetwork('amino'), bootstrap = [], from }: DhtChoices): DhtInput {
  const [only] = from === undefined ? [] : groupTargets([from])
  if (only !== undefined) return { network, bootstrap: [], from: only }
  if (bootstrap.length > 0) return { network, bootstrap: groupTargets(bootstrap) }
  throw new ToolkitError('unreachable', 'no DHT peers: pass --bootstrap', {
    layer: 'routing',
    suggestions: ['--bootstrap ADDR, the address of a server of this DHT, or --from ADDR to ask that one alone'],
  })
}
