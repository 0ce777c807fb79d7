import { isUtf8 } from 'node:buffer'
import { messageOf } from '../../errors/causes.ts'
import { Rejections } from '../../node/pubsub/rejections.ts'
import { roomOfTopic } from '../../protocols/chat/protocol.ts'
import { type ChatRequest, decodeRequest } from '../../protocols/chat/request.ts'
import type { ChatMessageRecord, PeerUpdatedRecord } from '../../records/chat.ts'
import type { RejectedRecord } from '../../records/pubsub.ts'
import { FloodGuard } from './flood-guard.ts'
import { comingsWindowMs, mostComings, mostHandedOver, mostOfAuthor, windowMs } from './limits.ts'
import type { Roster } from './roster.ts'
import { SeenIds } from './seen-ids.ts'

/** Beyond this, a time is none that a date can be made of (ECMA-262, "Time Values"), in milliseconds. */
const lastMs = 8_640_000_000_000_000n

/** Told of what came. */
export interface IncomingListener {
  taken(record: ChatMessageRecord | PeerUpdatedRecord): void
  /** somebody was heard in a room for the first time */
  met(): void
  rejected(record: RejectedRecord): void
}

/** Checks what peers say, and makes records of it: bounded, each message once, and no more than anybody can read. */
export class Incoming {
  readonly #roster: Roster
  readonly #listener: IncomingListener
  readonly #authors = new FloodGuard(mostOfAuthor, windowMs)
  readonly #neighbours = new FloodGuard(mostHandedOver, windowMs)
  readonly #comings = new FloodGuard(mostComings, comingsWindowMs)
  readonly #seen = new SeenIds()
  readonly #rejections: Rejections

  /**
   * @param roster - where it is noted who was heard
   * @param listener - told of what came
   */
  constructor(roster: Roster, listener: IncomingListener) {
    this.#roster = roster
    this.#listener = listener
    this.#rejections = new Rejections((rejection) =>
      listener.rejected({ type: 'rejected', at: new Date().toISOString(), ...rejection }),
    )
  }

  /**
   * Takes a request, or rejects it.
   *
   * @param peer - who made it
   * @param bytes - the request
   * @param by - where, and the peer that handed it over; absent where it was made to this peer alone
   * @returns whether it was taken; a copy of another was
   */
  take(peer: string, bytes: Uint8Array, by?: { topic: string; neighbour: string }): boolean {
    const topic = by?.topic
    if (by !== undefined && !this.#neighbours.takes(by.neighbour)) return this.#isFlooded(by.neighbour, windowMs, topic)
    if (!this.#authors.takes(peer)) return this.#isFlooded(peer, windowMs, topic)
    try {
      const request = decodeRequest(bytes)
      if (this.#roster.heard(peer, topic) && topic !== undefined) this.#listener.met()
      const record = request.type === 'UPDATE_PEER' ? this.#renamed(peer, request) : this.#message(peer, request, topic)
      if (record !== undefined) this.#listener.taken(record)
      return true
    } catch (error) {
      this.reject(peer, messageOf(error), topic)
      return false
    }
  }

  /**
   * Notes that a peer has come or gone.
   *
   * @param peer - the peer
   * @param topic - of the room
   * @returns whether that is to be told: one that comes and goes all the time is left out
   */
  tells(peer: string, topic: string): boolean {
    this.#roster.look()
    return this.#comings.takes(peer) || this.#isFlooded(peer, comingsWindowMs, topic)
  }

  #isFlooded(peer: string, leftOutMs: number, topic: string | undefined): false {
    this.reject(peer, `it floods: the rest of ${leftOutMs / 1000} s is left out`, topic)
    return false
  }

  /** Says that something of a peer was not taken. */
  reject(peer: string, reason: string, topic?: string): void {
    this.#rejections.add({ peer, ...(topic !== undefined && { topic }), reason })
  }

  #renamed(peer: string, request: ChatRequest & { type: 'UPDATE_PEER' }): PeerUpdatedRecord | undefined {
    const handle = request.userHandle && new TextDecoder().decode(request.userHandle)
    const { isNew, ...was } = this.#roster.rename(peer, handle)
    if (!isNew) return undefined
    return { type: 'peer-updated', at: new Date().toISOString(), peer, ...this.#roster.handleOf(peer), ...was }
  }

  #message(
    peer: string,
    { data: bytes, created, id }: ChatRequest & { type: 'SEND_MESSAGE' },
    topic: string | undefined,
  ): ChatMessageRecord | undefined {
    if (!this.#seen.note(peer, id)) return undefined
    const data = Buffer.from(bytes)
    const isTime = created <= lastMs && created >= -lastMs
    return {
      type: 'chat-message',
      at: new Date().toISOString(),
      direct: topic === undefined,
      ...(topic !== undefined && roomOfTopic(topic)),
      peer,
      ...this.#roster.handleOf(peer),
      data: data.toString('base64'),
      ...(isUtf8(data) && { text: data.toString('utf8') }),
      ...(isTime && { createdAt: new Date(Number(created)).toISOString() }),
      id: Buffer.from(id).toString('base64'),
    }
  }
}
