import type { ConnectionEncrypter, StreamMuxerFactory, Transport } from '@libp2p/interface'
import type { Libp2pInit } from 'libp2p'
import type { TransportName } from '../addresses/transport-of.ts'
import type { CompleteSpec, MuxerName, SecurityName } from './spec.ts'

/** What libp2p hands to the factories of its modules. */
export type Components = Parameters<NonNullable<Libp2pInit['transports']>[number]>[0]

/** A module that is loaded when it is first needed: nothing here is imported before that. */
export interface SecurityModule {
  protocol: string
  /** its error for a wrong peer names both peer IDs; otherwise the peer is checked after the handshake */
  namesWrongPeer: boolean
  load(): Promise<(components: Components) => ConnectionEncrypter>
}

/** The security protocols by their names; `protocol` is what multistream-select negotiates. */
export const securityModules: Record<SecurityName, SecurityModule> = {
  noise: { protocol: '/noise', namesWrongPeer: true, load: async () => (await import('@libp2p/noise')).noise() },
  tls: { protocol: '/tls/1.0.0', namesWrongPeer: false, load: async () => (await import('@libp2p/tls')).tls() },
  plaintext: {
    protocol: '/plaintext/2.0.0',
    namesWrongPeer: false,
    load: async () => (await import('@libp2p/plaintext')).plaintext(),
  },
}

/** The loaders of stream muxer factories by their names. */
export const muxerModules: Record<MuxerName, () => Promise<(components: Components) => StreamMuxerFactory>> = {
  yamux: async () => (await import('@libp2p/yamux')).yamux(),
  // more new streams a second than that are dropped without a word
  mplex: async () => (await import('@libp2p/mplex')).mplex({ disconnectThreshold: 1000 }),
}

/** The loaders of transports by their names. */
export const transportModules: Record<
  TransportName,
  (spec: CompleteSpec) => Promise<(components: Components) => Transport>
> = {
  tcp: async () => (await import('@libp2p/tcp')).tcp(),
  ws: async (spec) => (await import('./websocket/transport.ts')).webSocketTransport(spec.tls ?? {}),
  quic: async () => (await import('./quic/transport.ts')).quicTransport(),
  relay: async () => (await import('@libp2p/circuit-relay-v2')).circuitRelayTransport(),
}

/**
 * Loads the modules of transports ahead of their first dial, so that the loading of one does not keep
 * dials over the others waiting.
 *
 * @param spec - the spec of the node that will dial
 * @param names - transports that it may use; what cannot be loaded is left for its dial to tell
 */
export async function loadTransports(spec: CompleteSpec, names: Iterable<TransportName | undefined>): Promise<void> {
  const wanted = new Set(names)
  await Promise.allSettled(
    spec.transports.filter((name) => wanted.has(name)).map((name) => transportModules[name](spec)),
  )
}
