import type { Libp2p } from '@libp2p/interface'
import { ConnectionTap } from '../inspect/connection-tap.ts'
import type { Inspector } from '../inspect/inspector.ts'
import { decoderOf } from '../protocols/decoders.ts'
import { layersOf } from './connection-layers.ts'
import type { Pubsub } from './pubsub/pubsub.ts'
import type { CompleteSpec } from './spec.ts'
import { finishedUpgrade } from './upgrade/upgrade.ts'

/** The peer ID of the node that is looked at, once there is one. */
interface Local {
  peerId: string
}

/**
 * Makes the taps of a node's connections.
 *
 * @param inspector - receives the events
 * @param local - the node
 * @returns what makes the tap of a raw connection that is begun
 */
export function tapsOf(inspector: Inspector, local: Local): () => ConnectionTap {
  return () => new ConnectionTap(inspector, (protocol, remote) => decoderOf(protocol, { local: local.peerId, remote }))
}

/**
 * Shows a node's identity, and each connection that is opened to it.
 *
 * @param libp2p - a node that has not been started
 * @param spec - what it was made from
 * @param inspector - receives the events
 */
export function inspectNode(libp2p: Libp2p, spec: CompleteSpec, inspector: Inspector): void {
  const keyType = libp2p.peerId.type.toLowerCase()
  const detail = { peerId: libp2p.peerId.toString(), keyType, fresh: spec.privateKey === undefined }
  inspector.observe({ layer: 'identity', type: 'loaded', detail })
  libp2p.addEventListener('connection:open', ({ detail: connection }) => {
    if (connection.direction === 'inbound') finishedUpgrade(connection)?.tap?.opened(connection, layersOf(connection))
  })
}

/**
 * Shows what pub/sub does not take.
 *
 * @param pubsub - of a node that has not been started
 * @param inspector - receives the events
 */
export function inspectPubsub(pubsub: Pubsub, inspector: Inspector): void {
  pubsub.watch({
    rejected: (detail) => inspector.observe({ layer: 'pubsub', type: 'rejected', detail: { ...detail } }),
  })
}
