import { generateKeyPairSync } from 'node:crypto'
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { FaultTolerance } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { type TransportName, transportOf } from '../addresses/transport-of.ts'
import { encodePrivateKey } from '../keys/encode.ts'
import { keyPairFrom } from '../keys/key-pair.ts'
import type { OpenedDatastore } from './datastore/datastore.ts'
import { gaterOf } from './gater.ts'
import { lazyTransport } from './lazy-transport.ts'
import { libp2pServices } from './libp2p-services.ts'
import { listenerLog } from './listener-log.ts'
import { type Components, muxerModules, securityModules, transportModules } from './modules.ts'
import { protectorOf } from './protector.ts'
import type { OpenOptions } from './running-node.ts'
import type { CompleteSpec } from './spec.ts'
import { watchMuxer } from './upgrade/watched-muxer.ts'
import { watchSecurity } from './upgrade/watched-security.ts'
import { type TransportWatch, watchTransport } from './upgrade/watched-transport.ts'

/** Peers of a DHT are kept beyond the 48 hours of a provider record, in milliseconds. */
const rememberPeersMs = 72 * 3_600_000

/** What the stack of a node is made with beside its spec. */
export interface StackParts {
  options: OpenOptions
  watch: TransportWatch
  /** told of what libp2p only writes into its log: why a listener dropped a connection */
  onListenerError: (error: unknown) => void
  /** whether addresses that a peer told may be private ones */
  privateAllowed: () => boolean
  datastore: OpenedDatastore | undefined
}

/**
 * Loads the modules that a spec names and makes a node of libp2p from them: the only place where libp2p is constructed.
 *
 * @param spec - a complete spec that has been checked
 * @param parts - what looks at the node, and where it keeps its data
 * @returns a node that has not been started
 * @throws ToolkitError `usage` for a DHT that is none, and the signal's reason
 */
export async function createStack(spec: CompleteSpec, parts: StackParts) {
  const { options, watch, onListenerError, privateAllowed, datastore } = parts
  const [transports, streamMuxers, connectionProtector, services] = await Promise.all([
    Promise.all(spec.transports.map((name) => transportFactory(name, spec, watch, options))),
    Promise.all(spec.muxers.map((name) => muxerModules[name]())),
    protectorOf(spec),
    libp2pServices(spec),
    // the preferred security protocol will be needed, the others seldom are
    spec.security[0] === undefined ? undefined : securityModules[spec.security[0]].load(),
  ])
  options.signal?.throwIfAborted()
  return await createLibp2p({
    privateKey: privateKeyFromProtobuf(spec.privateKey ?? freshPrivateKey()),
    start: false,
    logger: listenerLog(onListenerError),
    ...(datastore && { datastore: datastore.store }),
    // a provider whose peer was forgotten before its record makes kad-dht fail the whole answer
    ...(spec.dht && { peerStore: { maxAddressAge: rememberPeersMs, maxPeerAge: rememberPeersMs } }),
    nodeInfo: { userAgent: spec.agentVersion },
    addresses: { listen: spec.listen, announce: spec.announce },
    transports,
    connectionEncrypters: spec.security.map((name) => watchSecurity(securityModules[name])),
    streamMuxers: streamMuxers.map((create) => (components) => watchMuxer(create(components))),
    ...(connectionProtector && { connectionProtector }),
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: spec.limits.maxConnections,
      inboundConnectionThreshold: spec.limits.inboundPerSecond,
      maxIncomingPendingConnections: spec.limits.inboundPerSecond,
    },
    connectionGater: gaterOf(spec, privateAllowed),
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    services,
  })
}

async function transportFactory(
  name: TransportName,
  spec: CompleteSpec,
  watch: TransportWatch,
  { transports = {} }: OpenOptions,
) {
  const listens = spec.listen.some((address) => transportOf(multiaddr(address)) === name)
  const load = async () => transports[name] ?? (await transportModules[name](spec))
  const create = listens ? await load() : lazyTransport(name, load)
  return watchTransport((components: Components) => create(components), watch)
}

function freshPrivateKey(): Uint8Array {
  return encodePrivateKey(keyPairFrom(generateKeyPairSync('ed25519').privateKey))
}
