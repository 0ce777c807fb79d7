import { deadlineOf, formatDuration } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { longestPayload } from '../../node/pubsub/longest-payload.ts'
import type { Pubsub } from '../../node/pubsub/pubsub.ts'
import { Turns } from '../../node/pubsub/turns.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { PublishedRecord } from '../../records/pubsub.ts'
import type { OperationContext } from '../context.ts'
import { awaitDelivery } from '../delivery.ts'
import { connect, pubsubOf } from './connect.ts'
import type { Meeting } from './meeting.ts'
import { subscribersOf } from './subscribers.ts'

/** Unsent bytes of a peer beyond which the next message waits. */
const highWater = 1024 * 1024

/** What is published, and how those are found who are to get it. */
export interface PublishInput extends Meeting {
  topic: string
  /** how many peers have to have announced the topic before anything is published */
  waitPeers: number
}

/** Publishes messages of one topic, one after the other. */
export class Publisher implements AsyncDisposable {
  readonly #node: RunningNode
  readonly #input: PublishInput
  readonly #context: OperationContext
  readonly #pubsub: Pubsub
  readonly #sentTo = new Set<string>()
  readonly #stalled = new Set<string>()
  readonly #turns = new Turns()
  #searching: AsyncDisposable | undefined
  #wait: number

  /**
   * @param node - a node with pub/sub
   * @param input - the topic, and how the others are found
   * @param context - signal, and the time limit of each wait for a peer
   */
  constructor(node: RunningNode, input: PublishInput, context: OperationContext) {
    this.#node = node
    this.#input = input
    this.#context = context
    this.#pubsub = pubsubOf(node)
    this.#wait = input.waitPeers
  }

  /** What it publishes to. */
  get topic(): string {
    return this.#input.topic
  }

  /** Most bytes of a payload. */
  get longest(): number {
    return longestPayload(this.#node, this.#input.topic)
  }

  /**
   * Connects to the others, and waits until enough of them have announced the topic. Who is looked for is looked for until
   * the publisher's block ends.
   *
   * @throws ToolkitError as `connect` does, `negative` when nobody has announced the topic in time
   */
  async connect(): Promise<void> {
    this.#searching = await connect(this.#node, this.#input, this.#context)
    await this.#subscribers()
  }

  /**
   * Connects, publishes one message, and waits until it has arrived where it was sent to.
   *
   * @param data - the payload
   * @returns whom it was sent to
   * @throws ToolkitError what `connect` and `publish` throw; for a message that is too long before anybody is dialled
   */
  async publishOne(data: Uint8Array): Promise<PublishedRecord> {
    refuseTooLong(data.length, this.longest)
    await this.connect()
    const record = await this.publish(data)
    await this.linger()
    return record
  }

  /**
   * Publishes a message, as soon as what was published before is with the muxers.
   *
   * @param data - the payload
   * @returns whom it was sent to
   * @throws ToolkitError `usage` for one that is too long, `negative` when nobody has announced the topic in time
   */
  async publish(data: Uint8Array): Promise<PublishedRecord> {
    const { topic } = this.#input
    refuseTooLong(data.length, this.longest)
    await this.#turns.next()
    // peers may be gone since the last one
    for (let again = true; again; ) {
      const subscribers = await this.#subscribers()
      await this.#sent(subscribers, highWater)
      const { sentTo, messageId } = await this.#pubsub.publish(topic, data)
      const id = messageId && Buffer.from(messageId).toString('base64')
      for (const peer of sentTo) this.#sentTo.add(peer)
      if (sentTo.length > 0) {
        return { type: 'published', topic, ...(id && { messageId: id }), bytes: data.length, sentTo }
      }
      again = subscribers.length === 0 || this.#pubsub.subscribers(topic).length === 0
    }
    throw new ToolkitError('negative', `nobody took the message of ${data.length} bytes`, { layer: 'pubsub' })
  }

  /** Waits until everything that was published has arrived where it was sent to, for `--timeout` at most. */
  async linger(): Promise<void> {
    if (this.#context.signal.aborted) return
    await this.#sent([...this.#sentTo], 0)
    const { signal } = this.#context
    const connections = this.#node.libp2p.getConnections()
    const used = connections.filter(({ remotePeer }) => this.#sentTo.has(remotePeer.toString()))
    await Promise.all(used.map((connection) => awaitDelivery(connection, false, signal)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#searching?.[Symbol.asyncDispose]()
  }

  async #subscribers(): Promise<string[]> {
    const { topic, onNote } = this.#input
    const known = this.#pubsub.subscribers(topic)
    if (known.length >= this.#wait) return known
    using deadline = this.#deadline('nobody came')
    const found = await subscribersOf(this.#pubsub, topic, this.#wait, deadline.signal)
    this.#context.signal.throwIfAborted()
    const within = formatDuration(this.#context.timeoutMs)
    if (found.length === 0) {
      throw new ToolkitError('negative', `nobody has announced ${topic} within ${within}`, { layer: 'pubsub' })
    }
    if (found.length < this.#wait)
      onNote(`${found.length} of ${this.#wait} peers have announced ${topic} within ${within}`)
    // those that were waited for in vain are not waited for again
    this.#wait = 1
    return found
  }

  /** Waits for the slowest; one that does not read for as long as `--timeout` is not waited for again. */
  async #sent(peers: string[], bytes: number): Promise<void> {
    const slow = peers.filter((peer) => !this.#stalled.has(peer) && this.#pubsub.unsentBytes(peer) > bytes)
    if (slow.length === 0) return
    using deadline = this.#deadline('it does not read')
    await Promise.allSettled(slow.map((peer) => this.#pubsub.sent(peer, bytes, deadline.signal)))
    this.#context.signal.throwIfAborted()
    for (const peer of slow.filter((one) => this.#pubsub.unsentBytes(one) > bytes)) {
      this.#stalled.add(peer)
      this.#input.onNote(`${peer} does not read what it is sent: it is not waited for any more`)
    }
  }

  #deadline(message: string) {
    const { signal, timeoutMs } = this.#context
    return deadlineOf(signal, timeoutMs, `${message} within ${formatDuration(timeoutMs)}`)
  }
}

/**
 * Refuses a payload that does not fit into an RPC.
 *
 * @param bytes - its length
 * @param longest - most bytes
 * @throws ToolkitError `usage`
 */
export function refuseTooLong(bytes: number, longest: number): void {
  if (bytes <= longest) return
  throw new ToolkitError('usage', `a message of ${bytes} bytes is too long: ${longest} fit into an RPC of 1 MiB`, {
    layer: 'pubsub',
  })
}
