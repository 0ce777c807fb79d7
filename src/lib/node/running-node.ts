import type { Connection, Libp2p, PeerId, Transport } from '@libp2p/interface'
import type { Registrar, TransportManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { NameServer } from '../addresses/name-server.ts'
import type { TransportName } from '../addresses/transport-of.ts'
import { deadlineOf, until } from '../errors/deadline.ts'
import type { ToolkitError } from '../errors/toolkit-error.ts'
import type { Inspector } from '../inspect/inspector.ts'
import type { Components } from './modules.ts'
import type { Pubsub } from './pubsub/pubsub.ts'
import type { CompleteSpec } from './spec.ts'

/** What a node tells of itself while it runs. */
export interface NodeEvents {
  /** an address is bound; it ends in `/p2p/ID` */
  listening: (address: string, peerId: string) => void
  /** an inbound connection did not become a libp2p connection */
  inboundFailed: (failure: ToolkitError, remote?: Multiaddr) => void
  /** the datastore could not be read or written */
  datastoreFailed: (failure: ToolkitError) => void
}

/** A node that is up. It stops when its block ends: `await using node = await openNode(spec)`. */
export interface RunningNode extends AsyncDisposable {
  readonly spec: CompleteSpec
  readonly peerId: PeerId
  readonly libp2p: Libp2p
  readonly names: NameServer
  readonly transports: TransportManager
  readonly registrar: Registrar
  /** where the spec has pub/sub */
  readonly pubsub: Pubsub | undefined
  readonly inspector: Inspector | undefined
  /** addresses that could not be listened on, with what the operating system said */
  readonly notListening: Array<{ address: string; error: unknown }>
  /** lets this node dial private addresses that peers tell it: its target is private itself */
  allowPrivateAddresses(): void
}

/**
 * Closes a connection, and gives it up when closing does not end.
 *
 * @param connection - any connection
 * @param ms - how long the other side may take, in milliseconds
 */
export async function closeConnection(connection: Connection, ms = 1000): Promise<void> {
  // a timer that keeps the process alive: libp2p may wait for ever for a connection that was lost
  using deadline = deadlineOf(new AbortController().signal, ms, 'not closed in time')
  try {
    await until(connection.close({ signal: deadline.signal }), deadline.signal)
  } catch (error) {
    connection.abort(error instanceof Error ? error : new Error(String(error)))
  }
}

/** What opening a node takes beside its spec. */
export interface OpenOptions {
  /** ends the opening */
  signal?: AbortSignal
  /** called with the node before it binds an address: protocols and listeners that must miss nothing */
  beforeStart?: (node: RunningNode) => Promise<void>
  /** shows every layer; no tap is attached without it */
  inspector?: Inspector
  /** transports to use in the place of libp2p's modules of that name: a test may stay within its process */
  transports?: Partial<Record<TransportName, (components: Components) => Transport>>
}
