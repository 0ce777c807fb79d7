import { deadlineOf, formatDuration } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Pubsub } from '../../node/pubsub/pubsub.ts'
import { Turns } from '../../node/pubsub/turns.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { PublishedRecord } from '../../records/pubsub.ts'
import type { OperationContext } from '../context.ts'
import { Arrival } from './arrival.ts'
import { connect, pubsubOf } from './connect.ts'
import type { Meeting } from './meeting.ts'
import { refuseSilent } from './speaks.ts'
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
  readonly #arrival: Arrival
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
    this.#arrival = new Arrival(node, input.onNote, context)
    this.#wait = input.waitPeers
  }

  /** What it publishes to. */
  get topic(): string {
    return this.#input.topic
  }

  /** Most bytes of a payload. */
  get longest(): number {
    return this.#pubsub.longestPayload(this.#input.topic)
  }

  /**
   * Connects to the others, and waits until enough of them have announced the topic. Who is looked for is looked for until
   * the publisher's block ends.
   *
   * @throws ToolkitError as `connect` does, `protocol` where nobody speaks pub/sub, `negative` when nobody has announced the
   *   topic in time
   */
  async connect(): Promise<void> {
    const { signal, timeoutMs } = this.#context
    this.#searching = await connect(this.#node, this.#input, this.#context)
    using deadline = deadlineOf(signal, timeoutMs, 'identify has not told')
    // others may come where they are looked for
    const dialled = this.#searching === undefined ? this.#node.libp2p.getConnections() : []
    await Promise.all([this.#subscribers(), refuseSilent(this.#node, dialled, deadline.signal)])
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
      await this.#arrival.below(subscribers, highWater)
      const { sentTo, messageId } = await this.#pubsub.publish(topic, data)
      const id = messageId && Buffer.from(messageId).toString('base64')
      this.#arrival.expect(sentTo)
      if (sentTo.length > 0) {
        return { type: 'published', topic, ...(id && { messageId: id }), bytes: data.length, sentTo }
      }
      again = subscribers.length === 0 || this.#pubsub.subscribers(topic).length === 0
    }
    throw new ToolkitError('negative', `nobody took the message of ${data.length} bytes`, { layer: 'pubsub' })
  }

  /** Waits until everything that was published has arrived where it was sent to, for `--timeout` at most. */
  async linger(): Promise<void> {
    await this.#arrival.linger()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#searching?.[Symbol.asyncDispose]()
  }

  async #subscribers(): Promise<string[]> {
    const { topic, onNote } = this.#input
    const known = this.#pubsub.subscribers(topic)
    if (known.length >= this.#wait) return known
    const { signal, timeoutMs } = this.#context
    using deadline = deadlineOf(signal, timeoutMs, 'nobody came')
    const found = await subscribersOf(this.#pubsub, topic, this.#wait, deadline.signal)
    signal.throwIfAborted()
    const within = formatDuration(timeoutMs)
    if (found.length === 0) {
      throw new ToolkitError('negative', `nobody has announced ${topic} within ${within}`, { layer: 'pubsub' })
    }
    if (found.length < this.#wait)
      onNote(`${found.length} of ${this.#wait} peers have announced ${topic} within ${within}`)
    // those that were waited for in vain are not waited for again
    this.#wait = 1
    return found
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
