import type { DhtNetwork } from '../../addresses/dht-network.ts'
import type { Target } from '../../addresses/target.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'

/** Whom to ask. */
export interface DhtInput {
  network: DhtNetwork
  /** the peers that a lookup begins with */
  bootstrap: Target[]
  /** asks this server only, once, and follows no referral */
  from?: Target
  /** looks `from` up, where it is a peer ID alone */
  locate?: (node: RunningNode, context: OperationContext) => Promise<Target>
}
