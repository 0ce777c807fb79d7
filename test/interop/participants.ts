import { formatPeerId } from '../../src/lib/keys/peer-id.ts'
import type { Result, Running } from '../support/cli.ts'
import type { Joinable } from '../support/pubsub.ts'
import type { RecordOf } from '../support/records.ts'
import { readTrace, type TraceEvent } from '../support/trace.ts'
import type { ForeignPeer } from './foreign-peer.ts'
import { inTime } from './in-time.ts'

/** A message of the topic; one that is not signed has neither author nor number. */
export interface Message {
  text: string
  from?: string | undefined
  sequenceNumber?: string | undefined
}

/** Whom others connect to. */
export interface Reachable {
  peerId: string
  address: string
}

/** Who publishes, of either side. */
export interface Publisher {
  peerId: string
  /** publishes a text, or that many that end in their numbers, from 1 */
  publish(text: string, count?: number): Promise<void>
  /** waits until it has said of that many messages what they are */
  messages(count: number): Promise<Message[]>
}

/** Who receives, of either side. */
export interface Receiver {
  /** waits until that many messages have come */
  messages(count: number): Promise<Message[]>
}

/** A peer of theirs that has subscribed: it tells of its own messages as well. */
export class TheirPeer implements Reachable, Publisher, Receiver {
  readonly #peer: ForeignPeer
  readonly #topic: string

  constructor(peer: ForeignPeer, topic: string) {
    this.#peer = peer
    this.#topic = topic
  }

  get peerId(): string {
    return this.#peer.peerId
  }

  get address(): string {
    return this.#peer.address
  }

  /** Waits until it passes messages on to this one. */
  async passesOnTo({ peerId }: Reachable): Promise<void> {
    await this.#peer.do('await-subscriber', { topic: this.#topic, peer: peerId })
  }

  async publish(text: string, count = 0): Promise<void> {
    await this.#peer.do('publish', { topic: this.#topic, data: Buffer.from(text).toString('base64'), count })
  }

  async messages(count: number): Promise<Message[]> {
    const told = await this.#peer.messages(count)
    return told.map(({ data, from, sequenceNumber }) => {
      return { text: Buffer.from(data, 'base64').toString(), from, sequenceNumber }
    })
  }
}

/** A command of ours that has subscribed, and shows its pub/sub layer. */
export class OurSubscriber implements Reachable, Receiver {
  readonly peerId: string
  readonly address: string
  readonly #running: Running

  constructor({ running, peerId, address }: Joinable) {
    this.#running = running
    this.peerId = peerId
    this.address = address
  }

  /** Waits until it passes messages on to this one. */
  async passesOnTo({ peerId }: Reachable, router: string): Promise<void> {
    await this.#running.until(() => {
      const whole = this.#running.stderr.slice(0, this.#running.stderr.lastIndexOf('\n') + 1)
      return readTrace(whole).some((event) => event.peer === peerId && isRoute(event, router))
    })
  }

  /** Fails also on a message that is not taken. */
  async messages(count: number): Promise<Message[]> {
    const messages = () => recordsOf(this.#running, 'message')
    const all = this.#running.until(() => messages().length >= count || recordsOf(this.#running, 'rejected').length > 0)
    await inTime(all, () => `${messages().length} of ${count} messages came`)
    for (const { reason } of recordsOf(this.#running, 'rejected')) throw new Error(`rejected: ${reason}`)
    return messages().map(({ text = '', from, sequenceNumber }) => ({ text, from, sequenceNumber }))
  }

  /** Ends it, as Ctrl-C does. */
  async end(): Promise<Result> {
    return await this.#running.stop()
  }
}

/** `p2p pubsub pub --json TOPIC -`. */
export class OurPublisher implements Publisher {
  readonly peerId: string
  readonly #running: Running
  readonly #texts: string[] = []

  constructor(running: Running, peerId: string) {
    this.#running = running
    this.peerId = peerId
  }

  async publish(text: string, count = 0): Promise<void> {
    const texts = count === 0 ? [text] : Array.from({ length: count }, (_, index) => `${text}${index + 1}`)
    this.#texts.push(...texts)
    this.#running.child.stdin.write(texts.map((line) => `${line}\n`).join(''))
  }

  async messages(count: number): Promise<Message[]> {
    const told = await this.#running.until(() => {
      const published = recordsOf(this.#running, 'published')
      return published.length >= count && published
    })
    return told.map(({ messageId = '' }, index) => ({ text: this.#texts[index] ?? '', ...authorship(messageId) }))
  }

  /** Ends its input, and with it the command. */
  async end(): Promise<Result> {
    this.#running.child.stdin.end()
    return await this.#running.exited
  }
}

/** The ID of a signed message is its author and its number (pubsub spec, "Message identification"); without, it is a digest. */
function authorship(messageId: string): Pick<Message, 'from' | 'sequenceNumber'> {
  const bytes = Buffer.from(messageId, 'base64')
  const digestLength = 32
  if (bytes.length === digestLength) return {}
  const [multihash, number] = [bytes.subarray(0, -8), bytes.subarray(-8)]
  return { from: formatPeerId({ multihash }), sequenceNumber: number.readBigUInt64BE().toString() }
}

/** In a mesh either has grafted the other; without one, the other has subscribed. */
function isRoute({ type, detail }: TraceEvent, router: string): boolean {
  const rpc = JSON.stringify(detail.rpc ?? {})
  return router === 'gossipsub' ? rpc.includes('"graft"') : type === 'rpc-received' && rpc.includes('"subscribe"')
}

function recordsOf<T extends 'message' | 'rejected' | 'published'>({ records }: Running, type: T): Array<RecordOf<T>> {
  return records.filter((record): record is RecordOf<T> => record.type === type)
}
