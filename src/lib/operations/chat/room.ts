import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { deadlineOf, formatDuration } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Pubsub } from '../../node/pubsub/pubsub.ts'
import type { RunningNode } from '../../node/running-node.ts'
import { topicOf } from '../../protocols/chat/protocol.ts'
import { encodeRequest } from '../../protocols/chat/request.ts'
import type { ChatRoomRecord, ChatSentRecord } from '../../records/chat.ts'
import type { OperationContext } from '../context.ts'
import { Pace } from '../pace.ts'
import { pubsubOf } from '../pubsub/connect.ts'
import { Publisher } from '../pubsub/publish.ts'
import { subscribersOf } from '../pubsub/subscribers.ts'

/** The handle is told again at most so often to those that have come since, in milliseconds. */
const tellEveryMs = 1000

/** What a room needs of the chat that it is part of. */
export interface RoomListener {
  /** what this peer wants to be called */
  handle(): string | undefined
  /** a request came, whose signature was checked */
  request(peer: string, bytes: Uint8Array, by: { topic: string; neighbour: string }): void
  /** who is there has changed */
  changed(type: 'peer-joined' | 'peer-left', peer: string, room: { room?: string }): void
  onNote(note: string): void
}

/** One room, or the lobby, for as long as this peer is in it: a topic of pub/sub. */
export class Room implements Disposable {
  readonly name: { room?: string }
  readonly topic: string
  /** aborts when this peer leaves */
  readonly left: AbortSignal
  readonly #pubsub: Pubsub
  readonly #listener: RoomListener
  readonly #context: OperationContext
  readonly #publisher: Publisher
  readonly #watching: Disposable
  readonly #end = new AbortController()
  readonly #pace = new Pace(1, tellEveryMs)
  #peers: string[] = []
  /** somebody has come, or the handle is another, since it was told */
  #untold = true
  #isTelling = false

  /**
   * @param node - a node with pub/sub
   * @param room - its name; the lobby when absent
   * @param listener - told of what happens in it
   * @param context - signal, and the time limit of waiting for somebody to come
   */
  constructor(node: RunningNode, room: string | undefined, listener: RoomListener, context: OperationContext) {
    this.name = room === undefined ? {} : { room }
    const topic = topicOf(room)
    this.topic = topic
    this.left = AbortSignal.any([context.signal, this.#end.signal])
    setMaxListeners(0, this.left)
    this.#pubsub = pubsubOf(node)
    this.#listener = listener
    this.#context = { ...context, signal: this.left }
    this.#publisher = new Publisher(node, { topic, peers: [], waitPeers: 1, onNote: listener.onNote }, this.#context)
    this.#watching = this.#pubsub.watch({
      message: (message, neighbour) => {
        if (message.topic !== topic || message.type !== 'signed') return
        listener.request(message.from.toString(), message.data, { topic, neighbour })
      },
      changed: () => this.#look(),
    })
  }

  /** Comes in: what happened before is not heard. */
  enter(): void {
    this.#pubsub.router.subscribe(this.topic)
    this.#look()
  }

  /** The connected peers that are in it. */
  get peers(): string[] {
    return this.#pubsub.subscribers(this.topic)
  }

  /** The room as a record. */
  get record(): ChatRoomRecord {
    return { type: 'chat-room', ...this.name, topic: this.topic, joined: true, peers: this.peers.length }
  }

  /**
   * Waits until somebody is there.
   *
   * @throws ToolkitError `negative` where nobody comes within the time limit
   */
  async somebody(): Promise<void> {
    const { signal, timeoutMs } = this.#context
    using deadline = deadlineOf(signal, timeoutMs, 'nobody came')
    if ((await subscribersOf(this.#pubsub, this.topic, 1, deadline.signal)).length > 0) return
    signal.throwIfAborted()
    const where = this.name.room ?? 'the lobby'
    throw new ToolkitError('negative', `nobody is in ${where} within ${formatDuration(timeoutMs)}`, { layer: 'pubsub' })
  }

  /**
   * Says something to all who are there.
   *
   * @param data - the text
   * @returns whom it was handed to: nobody, where nobody is there
   * @throws ToolkitError `usage` for a text that is too long
   */
  async say(data: Uint8Array): Promise<ChatSentRecord> {
    const id = randomBytes(16)
    const request = encodeRequest({ type: 'SEND_MESSAGE', data, created: BigInt(Date.now()), id })
    if (this.#untold) await this.#tellHandle()
    const sentTo = this.peers.length === 0 ? [] : (await this.#publisher.publish(request)).sentTo
    const at = new Date().toISOString()
    return { type: 'chat-sent', at, direct: false, ...this.name, id: id.toString('base64'), sentTo }
  }

  /** Tells all who are there what this peer wants to be called; now and then where that is asked for often. */
  tellHandle(): void {
    this.#untold = true
    if (this.#isTelling || this.#listener.handle() === undefined) return
    this.#isTelling = true
    const tell = async () => {
      await this.#pace.turn('handle', this.left)
      this.#isTelling = false
      if (this.#untold) await this.#tellHandle()
    }
    // it is told before the next message as well
    tell().catch(() => {})
  }

  /** Waits until everything that was said has arrived where it was sent to. */
  async linger(): Promise<void> {
    await this.#publisher.linger()
  }

  [Symbol.dispose](): void {
    this.#end.abort(new Error('the room was left'))
    this.#watching[Symbol.dispose]()
    this.#pubsub.router.unsubscribe(this.topic)
  }

  async #tellHandle(): Promise<void> {
    const handle = this.#listener.handle()
    if (handle === undefined || this.peers.length === 0) return
    this.#untold = false
    const request = encodeRequest({ type: 'UPDATE_PEER', userHandle: Buffer.from(handle) })
    await this.#pubsub.publish(this.topic, request)
  }

  #look(): void {
    const before = this.#peers
    this.#peers = this.peers
    const came = this.#peers.filter((peer) => !before.includes(peer))
    for (const peer of came) this.#listener.changed('peer-joined', peer, this.name)
    for (const peer of before) if (!this.#peers.includes(peer)) this.#listener.changed('peer-left', peer, this.name)
    if (came.length > 0) this.tellHandle()
  }
}
