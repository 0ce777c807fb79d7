import { setTimeout } from 'node:timers/promises'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import { messageOf } from '../../errors/causes.ts'
import { floodsubProtocol, longestRpcRead } from '../../protocols/pubsub/protocol.ts'
import { detachedRpc } from './detached-rpc.ts'
import { InboundRpcs } from './inbound-rpcs.ts'
import { OutboundRpcs } from './outbound-rpcs.ts'
import type { Router, RouterRpc } from './router.ts'

/** How long a peer may take to agree on a protocol, in milliseconds. */
const negotiateWithinMs = 10_000
/** How long a peer that hangs up may take from the end of its streams to that of the connection, in milliseconds. */
const hangUpMs = 1000

/** Told of what happens on the streams of a router. */
export interface StreamListener {
  /** an RPC came, and was handled */
  received(peer: string, rpc: RouterRpc): void
  /** something came that cannot be an RPC, or something was dropped on its way to a peer that is too slow */
  refused(peer: string, reason: string, detail?: string): void
  /** a peer can be sent to from now on, or cannot any more */
  changed(): void
}

/** The streams of a router, bounded and with back-pressure, in the place of its own. */
export class RouterStreams {
  readonly #router: Router
  readonly #connections: ConnectionManager
  readonly #listener: StreamListener
  readonly #outbound = new Map<string, OutboundRpcs>()
  readonly #opening = new Set<string>()

  /**
   * @param router - a router that has not been started
   * @param connections - of the same node
   * @param listener - told of what happens
   */
  constructor(router: Router, connections: ConnectionManager, listener: StreamListener) {
    this.#router = router
    this.#connections = connections
    this.#listener = listener
    router.createInboundStream = (peer, stream) => this.#read(peer, stream)
    // not awaited: the router opens one after the other, and a silent peer would hold up all others
    router.createOutboundStream = async (peer, connection) => void this.#write(peer, connection)
  }

  /** The stream to a peer, once it is open. */
  to(peer: string): OutboundRpcs | undefined {
    return this.#outbound.get(peer)
  }

  #read(peerId: PeerId, stream: Stream): void {
    const peer = peerId.toString()
    const router = this.#router
    if (!router.isStarted() || !router.peers.has(peer)) return
    const rpcs = new InboundRpcs(stream, {
      tooLong: () => this.#listener.refused(peer, `an RPC of more than ${longestRpcRead} bytes: its stream was reset`),
      received: async (bytes) => {
        try {
          const rpc = detachedRpc(router.decodeRpc(bytes))
          await router.handleReceivedRpc(peerId, rpc)
          this.#listener.received(peer, rpc)
        } catch (error) {
          this.#listener.refused(peer, 'not an RPC', messageOf(error))
        }
      },
    })
    router.streamsInbound.set(peer, rpcs)
  }

  async #write(peerId: PeerId, connection: Connection): Promise<void> {
    const peer = peerId.toString()
    const router = this.#router
    if (!router.isStarted() || !router.peers.has(peer)) return
    if (router.streamsOutbound.has(peer) || this.#opening.has(peer)) return
    this.#opening.add(peer)
    // streams of a connection may end before it says that it is closed
    connection.addEventListener('close', () => this.#writeByAnother(peerId), { once: true })
    try {
      const signal = AbortSignal.timeout(negotiateWithinMs)
      const stream = await connection.newStream(router.protocols, { signal, runOnLimitedConnection: true })
      if (router.isStarted() && router.peers.has(peer)) this.#attach(peerId, connection, stream)
      else stream.abort(new Error('the peer has gone'))
    } catch (error) {
      void this.#refused(peer, connection, messageOf(error))
    } finally {
      this.#opening.delete(peer)
      // one that opened in the meantime was left alone
      if (connection.status !== 'open') this.#writeByAnother(peerId)
    }
  }

  /** One that hangs up ends its streams first: that is no refusal. */
  async #refused(peer: string, connection: Connection, why: string): Promise<void> {
    await setTimeout(hangUpMs, undefined, { ref: false })
    if (connection.status === 'open') this.#listener.refused(peer, 'no stream to it', why)
  }

  /** The router looks for no other connection by itself. */
  #writeByAnother(peerId: PeerId): void {
    const other = this.#connections.getConnections(peerId).find(({ status }) => status === 'open')
    if (other !== undefined) void this.#write(peerId, other)
  }

  #attach(peerId: PeerId, connection: Connection, stream: Stream): void {
    const peer = peerId.toString()
    const router = this.#router
    const rpcs = new OutboundRpcs(stream, () => this.#listener.refused(peer, 'RPCs were dropped: it reads too slowly'))
    router.streamsOutbound.set(peer, rpcs)
    this.#outbound.set(peer, rpcs)
    if (rpcs.protocol === floodsubProtocol) router.floodsubPeers.add(peer)
    const onClose = () => {
      if (this.#outbound.get(peer) === rpcs) this.#outbound.delete(peer)
      if (router.streamsOutbound.get(peer) === rpcs) {
        router.streamsOutbound.delete(peer)
        router.floodsubPeers.delete(peer)
      }
      this.#listener.changed()
      if (connection.status !== 'open') this.#writeByAnother(peerId)
    }
    stream.addEventListener('close', onClose, { once: true })
    if (router.subscriptions.size > 0) router.sendSubscriptions(peer, [...router.subscriptions], true)
    // at once, and not with the next heartbeat: what is published before is not forwarded to it
    const topics = [...router.mesh.keys()].filter((topic) => router.topics.get(topic)?.has(peer))
    const grafted = topics.filter((topic) => router.graftOnSubscribe(peer, topic))
    if (grafted.length > 0) router.sendGraft(peer, grafted)
    this.#listener.changed()
  }
}
