import type { Message } from '@libp2p/gossipsub'
import type { Libp2pEvents, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { ControlFloods } from './control-floods.ts'
import { longestPayload } from './longest-payload.ts'
import { type Rejection, Rejections } from './rejections.ts'
import type { Router, RouterRpc } from './router.ts'
import { tapSending } from './sending.ts'
import { RouterStreams } from './streams.ts'
import { takeOverValidation } from './validation.ts'

/** Told of what happens in pub/sub. */
export interface PubsubListener {
  /** a message of a topic that this node has subscribed to, and the peer that handed it over */
  message(message: Message, from: string): void
  /** something that a peer sent was not taken */
  rejected(rejection: Rejection): void
  /** an RPC was sent, or was received and handled */
  rpc(direction: 'sent' | 'received', peer: string, rpc: RouterRpc): void
  /** who is connected, reachable or subscribed may have changed */
  changed(): void
}

/** What pub/sub needs of the node that it is part of. */
export interface PubsubComponents {
  peerId: PeerId
  connectionManager: ConnectionManager
  events: TypedEventTarget<Libp2pEvents>
}

/** Pub/sub of one node: libp2p's gossipsub with streams that are bounded, and ears for what it rejects. */
export class Pubsub {
  readonly router: Router
  readonly #streams: RouterStreams
  readonly #peerId: PeerId
  readonly #events: TypedEventTarget<Libp2pEvents>
  readonly #listeners = new Set<Partial<PubsubListener>>()
  readonly #rejections = new Rejections((rejection) => this.#tell((to) => to.rejected?.(rejection)))
  readonly #floods = new ControlFloods((peer, reason) => this.#rejections.add({ peer, reason }))
  /** IDs of messages that are being published, by their payload */
  readonly #published: WeakMap<Uint8Array, Uint8Array>

  /**
   * @param router - a router that has not been started
   * @param published - where it notes the ID of each message, by its payload
   * @param components - of the same node
   */
  constructor(router: Router, published: WeakMap<Uint8Array, Uint8Array>, components: PubsubComponents) {
    this.router = router
    this.#published = published
    this.#peerId = components.peerId
    this.#events = components.events
    this.#streams = new RouterStreams(router, components.connectionManager, {
      received: (peer, rpc) => this.#onReceived(peer, rpc),
      refused: (peer, reason, detail) =>
        this.#rejections.add({ peer, reason, ...(detail !== undefined && { detail }) }),
      changed: () => this.#tell((to) => to.changed?.()),
    })
    router.addEventListener('gossipsub:message', ({ detail: { msg, propagationSource } }) => {
      const from = propagationSource.toString()
      this.#tell((to) => to.message?.(msg, from))
    })
    router.addEventListener('subscription-change', () => this.#tell((to) => to.changed?.()))
    router.addEventListener('gossipsub:heartbeat', () => this.#floods.reset())
    takeOverValidation(router, (rejected) => this.#rejections.add(rejected))
    tapSending(router, (peer, rpc) => this.#tell((to) => to.rpc?.('sent', peer, rpc)))
  }

  /** Starts with the node. */
  async start(): Promise<void> {
    this.#events.addEventListener('peer:disconnect', this.#onDisconnect)
    await this.router.start()
  }

  /** Stops with the node; what is unsent is sent before. */
  async stop(): Promise<void> {
    this.#events.removeEventListener('peer:disconnect', this.#onDisconnect)
    await this.router.stop()
  }

  /**
   * Begins to listen.
   *
   * @param listener - told of what happens from now on
   * @returns ends it when it is disposed
   */
  watch(listener: Partial<PubsubListener>): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /**
   * The peers that have announced a topic and that this node has a stream to.
   *
   * @param topic - the topic
   * @returns their peer IDs
   */
  subscribers(topic: string): string[] {
    return [...(this.router.topics.get(topic) ?? [])].filter((peer) => this.#streams.to(peer) !== undefined)
  }

  /**
   * Publishes a message to those who have announced its topic.
   *
   * @param topic - the topic
   * @param data - the payload
   * @returns whom it was sent to, and its message ID
   * @throws ToolkitError `usage` for a message that was published before, where messages are told apart by their payload
   */
  async publish(topic: string, data: Uint8Array): Promise<{ sentTo: string[]; messageId?: Uint8Array }> {
    try {
      const { recipients } = await this.router.publish(topic, data)
      const messageId = this.#published.get(data)
      return { sentTo: recipients.map(String), ...(messageId && { messageId }) }
    } catch (error) {
      if (messageOf(error) === 'PublishError.NoPeersSubscribedToTopic') return { sentTo: [] }
      if (messageOf(error) !== 'PublishError.Duplicate') throw error
      const why =
        'without signatures the messages of a topic are told apart by their payload: this one was published before'
      throw new ToolkitError('usage', why, { layer: 'pubsub', cause: error })
    }
  }

  /**
   * How much of an RPC is left for the payload of a message of this node.
   *
   * @param topic - its topic
   * @returns bytes; below 0 for a topic that leaves none
   */
  longestPayload(topic: string): number {
    return longestPayload(topic, this.router.globalSignaturePolicy === 'StrictSign' ? this.#peerId : undefined)
  }

  /** Bytes that wait for a peer to read; 0 for one that there is no stream to. */
  unsentBytes(peer: string): number {
    return this.#streams.to(peer)?.unsentBytes ?? 0
  }

  /**
   * Waits until no more than this is unsent to a peer, or its stream has ended.
   *
   * @param peer - its peer ID
   * @param bytes - unsent bytes that do not matter
   * @param signal - ends the wait
   */
  async sent(peer: string, bytes: number, signal: AbortSignal): Promise<void> {
    await this.#streams.to(peer)?.below(bytes, signal)
  }

  /** The protocol of the stream to a peer; undefined where there is none. */
  protocolOf(peer: string): string | undefined {
    return this.#streams.to(peer)?.protocol
  }

  readonly #onDisconnect = ({ detail: peer }: CustomEvent<PeerId>): void => {
    // libp2p tells the router only of peers whose identify it has seen
    this.router.onPeerDisconnected(peer)
    this.#tell((to) => to.changed?.())
  }

  #onReceived(peer: string, rpc: RouterRpc): void {
    this.#floods.count(peer, rpc, this.router.topics)
    this.#tell((to) => to.rpc?.('received', peer, rpc))
  }

  #tell(hear: (listener: Partial<PubsubListener>) => void): void {
    for (const listener of this.#listeners) hear(listener)
  }
}
