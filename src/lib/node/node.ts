import { dhtNetwork } from '../addresses/dht-network.ts'
import { nameServer } from '../addresses/name-server.ts'
import { deadlineOf, until } from '../errors/deadline.ts'
import { checkSpec } from './check-spec.ts'
import type { OpenedDatastore } from './datastore/datastore.ts'
import type { NodeEvents, OpenOptions, RunningNode } from './running-node.ts'
import { registerServices } from './services.ts'
import { type CompleteSpec, completeSpec, type NodeSpec } from './spec.ts'
import { createStack } from './stack.ts'
import { explainListener } from './upgrade/explain-connect.ts'
import type { TransportWatch } from './upgrade/watched-transport.ts'

export { groupTargets, type Target } from '../addresses/target.ts'
export { type AddressOutcome, ToolkitError } from '../errors/toolkit-error.ts'
export type { InspectionEvent } from '../inspect/event.ts'
export { Inspector } from '../inspect/inspector.ts'
export { type Layer, layers } from '../inspect/layer.ts'
export { describeNode, type NodeDescription } from './describe.ts'
export { type Dialed, dialTarget } from './dial.ts'
export type { NodeEvents, OpenOptions, RunningNode } from './running-node.ts'
export type { ConnectionLimits, DhtSpec, NodeSpec, PubsubSpec, ServiceName } from './spec.ts'

/** `stop()` of a node can hang; after this long it is left behind, in milliseconds. */
const stopWithinMs = 2000

/**
 * Builds and starts a node.
 *
 * Only the modules that the spec names are loaded, and those for dialling when they are first
 * needed. The connection monitor is off, and identify answers but does not ask by itself.
 *
 * @param spec - plain data
 * @param options - a signal, and what to do before the node binds an address
 * @param events - what to tell while the node runs
 * @returns a running node; it stops when it is disposed
 * @throws ToolkitError `usage` for a spec that cannot be, `local` for a private key that is none; `local`, `unreachable`
 *   and `timeout` for a datastore that cannot be used
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
  const signal = options.signal ?? new AbortController().signal
  const datastore = await openDatastore(complete.datastore, signal, (failure) => events.datastoreFailed?.(failure))
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
  const libp2p = await createStack(complete, {
    options,
    watch,
    onListenerError: (error) => events.inboundFailed?.(explainListener(error)),
    privateAllowed: () => privateAllowed,
    datastore,
  })
  const peerId = libp2p.peerId.toString()
  local.peerId = peerId
  const { pubsub } = libp2p.services
  if (inspector !== undefined) look?.inspectNode(libp2p, complete, inspector)
  if (inspector !== undefined && pubsub !== undefined) look?.inspectPubsub(pubsub, inspector)
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
    pubsub,
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
