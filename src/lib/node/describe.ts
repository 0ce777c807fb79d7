import { securityModules } from './modules.ts'
import type { RunningNode } from './running-node.ts'
import type { CompleteSpec } from './spec.ts'

/** What is on each layer of a node. */
export interface NodeDescription {
  identity: { peerId: string; agentVersion: string }
  address: { listening: string[]; announced: string[] }
  transport: CompleteSpec['transports']
  security: { protocols: string[]; privateNetwork: boolean }
  muxer: CompleteSpec['muxers']
  connection: { open: number; limits: CompleteSpec['limits'] }
  protocol: string[]
}

/**
 * Says what is on each layer of a running node.
 *
 * @param node - a running node
 * @returns plain data; secrets are not part of it
 */
export function describeNode(node: RunningNode): NodeDescription {
  const { spec, libp2p } = node
  return {
    identity: { peerId: node.peerId.toString(), agentVersion: spec.agentVersion },
    address: {
      listening: node.transports.getAddrs().map((address) => address.toString()),
      announced: libp2p.getMultiaddrs().map((address) => address.toString()),
    },
    transport: spec.transports,
    security: {
      protocols: spec.security.map((name) => securityModules[name].protocol),
      privateNetwork: spec.preSharedKey !== undefined,
    },
    muxer: spec.muxers,
    connection: { open: libp2p.getConnections().length, limits: spec.limits },
    protocol: libp2p.getProtocols(),
  }
}
