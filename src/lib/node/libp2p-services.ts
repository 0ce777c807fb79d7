import type { Registrar, TransportManager } from '@libp2p/interface-internal'
import type { CompleteSpec } from './spec.ts'

/**
 * Loads the services of a node that are modules of libp2p, and what hands out its internals.
 *
 * @param spec - a complete spec
 * @returns libp2p's `services`
 * @throws ToolkitError `usage` for a DHT that is none
 */
export async function libp2pServices(spec: CompleteSpec) {
  const [identify, dht, pubsub] = await Promise.all([
    spec.services.includes('identify') ? import('@libp2p/identify') : undefined,
    spec.dht === undefined ? undefined : import('./dht/services.ts'),
    spec.pubsub === undefined ? undefined : import('./pubsub/services.ts'),
  ])
  // who serves a DHT, or speaks pub/sub, is known from identify alone
  const runOnConnectionOpen = spec.dht !== undefined || spec.pubsub !== undefined
  return {
    // wrapped: a component of its own would be started a second time
    internals: (components: { transportManager: TransportManager; registrar: Registrar }) => ({
      transports: components.transportManager,
      registrar: components.registrar,
    }),
    ...(identify && { identify: identify.identify({ runOnConnectionOpen, maxInboundStreams: 8 }) }),
    ...(spec.dht && dht?.dhtServices(spec.dht)),
    ...(spec.pubsub && pubsub?.pubsubServices(spec.pubsub)),
  }
}
