import { generateKeyPairSync } from 'node:crypto'
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { FaultTolerance } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { dhtNetwork } from '../addresses/dht-network.ts'
import { nameServer } from '../addresses/name-server.ts'
import { type TransportName, transportOf } from '../addresses/transport-of.ts'
import { deadlineOf, until } from '../errors/deadline.ts'
import { encodePrivateKey } from '../keys/encode.ts'
import { keyPairFrom } from '../keys/key-pair.ts'
import { checkSpec } from './check-spec.ts'
import type { OpenedDatastore } from './datastore/datastore.ts'
import { gaterOf } from './gater.ts'
import { lazyTransport } from './lazy-transport.ts'
import { libp2pServices } from './libp2p-services.ts'
import { listenerLog } from './listener-log.ts'
import { type Components, muxerModules, securityModules, transportModules } from './modules.ts'
import { protectorOf } from './protector.ts'
import type { NodeEvents, OpenOptions, RunningNode } from './running-node.ts'
import { registerServices } from './services.ts'
import { type CompleteSpec, completeSpec, type NodeSpec } from './spec.ts'
import { explainListener } from './upgrade/explain-connect.ts'
import { watchMuxer } from './upgrade/watched-muxer.ts'
import { watchSecurity } from './upgrade/watched-security.ts'
import { type TransportWatch, watchTransport } from './upgrade/watched-transport.ts'

export { groupTargets, type Target } from '../addresses/target.ts'
export { type AddressOutcome, ToolkitError } from '../errors/toolkit-error.ts'
export type { InspectionEvent } from '../inspect/event.ts'
export { Inspector } from '../inspect/inspector.ts'
export { type Layer, layers } from '../inspect/layer.ts'
export { describeNode, type NodeDescription } from './describe.ts'
export { type Dialed, dialTarget } from './dial.ts'
export type { NodeEvents, OpenOptions, RunningNode } from './running-node.ts'
export type { ConnectionLimits, DhtSpec, NodeSpec, ServiceName } from './spec.ts'

/** `stop()` of a node can hang; after this long it is left behind, in milliseconds. */
const stopWithinMs = 2000

/** Peers of a DHT are kept beyond the 48 hours of a provider record, in milliseconds. */
const rememberPeersMs = 72 * 3_600_000

/**
 * Builds and starts a node: the only place where libp2p is constructed.
 *
 * Only the modules that the spec names are loaded, and those for dialling when they are first
 * needed. The connection monitor is off, and identify answers but does not ask by itself.
 *
 * @param spec - plain data
 * @param options - a signal, and what to do before the node binds an address
 * @param events - what to tell while the node runs
 * @returns a running node; it stops when it is disposed
 * @throws ToolkitError `usage` for a spec that cannot be, `local` for a private key that is none and for a datastore that
 *   cannot be used
 */
export async function openNode(
  spec: NodeSpec = {},
  options: OpenOptions = {},
  events: Partial<NodeEvents> = {},
): Promise<RunningNode> {
  const complete = completeSpec(spec)
  checkSpec(complete)
  if (complete.datastore === undefined) return await startNode(complete, options, events)
  const { openDatastore } = await import('./datastore/open.ts')
  const datastore = await openDatastore(complete.datastore, options.signal ?? new AbortController().signal)
  try {
    return await startNode(complete, options, events, datastore)
  } catch (error) {
    await datastore.close()
    throw error
  }
}

async function startNode(
  complete: CompleteSpec,
  options: OpenOptions,
  events: Partial<NodeEvents>,
  datastore?: OpenedDatastore,
): Promise<RunningNode> {
  const notListening: RunningNode['notListening'] = []
  // a DHT of one's own may be anywhere, and that of a LAN is nowhere else
  let privateAllowed = complete.dht !== undefined && dhtNetwork(complete.dht.network).keeps !== 'public'

  const { inspector } = options
  // what looks at a node is loaded only when somebody asked
  const look = inspector && (await import('./inspected.ts'))
  const local = { peerId: '' }
  const watch: TransportWatch = {
    privateNetwork: complete.preSharedKey !== undefined,
    tapConnection: look && inspector && look.tapsOf(inspector, local),
    onInboundFailed: (failure, remote) => events.inboundFailed?.(failure, remote),
    onListenFailed: (error, address) => notListening.push({ address: address.toString(), error }),
  }
  const [transports, streamMuxers, connectionProtector, services] = await Promise.all([
    Promise.all(complete.transports.map((name) => transportFactory(name, complete, watch, options))),
    Promise.all(complete.muxers.map((name) => muxerModules[name]())),
    protectorOf(complete),
    libp2pServices(complete),
    // the preferred security protocol will be needed, the others seldom are
    complete.security[0] === undefined ? undefined : securityModules[complete.security[0]].load(),
  ])
  options.signal?.throwIfAborted()

  const libp2p = await createLibp2p({
    privateKey: privateKeyFromProtobuf(complete.privateKey ?? freshPrivateKey()),
    start: false,
    logger: listenerLog((error) => events.inboundFailed?.(explainListener(error))),
    ...(datastore && { datastore: datastore.store }),
    // a provider whose peer was forgotten before its record makes kad-dht fail the whole answer
    ...(complete.dht && { peerStore: { maxAddressAge: rememberPeersMs, maxPeerAge: rememberPeersMs } }),
    nodeInfo: { userAgent: complete.agentVersion },
    addresses: { listen: complete.listen, announce: complete.announce },
    transports,
    connectionEncrypters: complete.security.map((name) => watchSecurity(securityModules[name])),
    streamMuxers: streamMuxers.map((create) => (components) => watchMuxer(create(components))),
    ...(connectionProtector && { connectionProtector }),
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: complete.limits.maxConnections,
      inboundConnectionThreshold: complete.limits.inboundPerSecond,
      maxIncomingPendingConnections: complete.limits.inboundPerSecond,
    },
    connectionGater: gaterOf(complete, () => privateAllowed),
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    services,
  })
  const peerId = libp2p.peerId.toString()
  local.peerId = peerId
  if (inspector !== undefined) look?.inspectNode(libp2p, complete, inspector)
  const names = nameServer(complete.nameServers)
  libp2p.addEventListener('transport:listening', (event) => {
    for (const address of event.detail.getAddrs()) events.listening?.(`${address}/p2p/${peerId}`, peerId)
  })
  await registerServices(libp2p, complete)
  const node: RunningNode = {
    spec: complete,
    peerId: libp2p.peerId,
    libp2p,
    names: inspector ? (await import('./inspected-names.ts')).inspectedNames(names, inspector) : names,
    ...libp2p.services.internals,
    notListening,
    inspector,
    allowPrivateAddresses: () => {
      privateAllowed = true
    },
    async [Symbol.asyncDispose]() {
      // the timer keeps the process alive: stopping may wait for something that does not
      using deadline = deadlineOf(new AbortController().signal, stopWithinMs, 'the node did not stop')
      await until(Promise.resolve(libp2p.stop()), deadline.signal).catch(() => {})
      await datastore?.close()
    },
  }
  try {
    await options.beforeStart?.(node)
    await (options.signal === undefined ? libp2p.start() : until(Promise.resolve(libp2p.start()), options.signal))
    return node
  } catch (error) {
    await node[Symbol.asyncDispose]()
    throw error
  }
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
