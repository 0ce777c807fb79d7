import type { RunningNode } from '../../node/running-node.ts'
import { topicOf } from '../../protocols/chat/protocol.ts'
import type { ChatRecord } from '../../records/chat.ts'
import type { OperationContext } from '../context.ts'
import type { Locate } from '../dht/peer-locator.ts'
import { Pace } from '../pace.ts'
import { answerDirect } from './direct.ts'
import { Incoming } from './incoming.ts'
import { mostSent, windowMs } from './limits.ts'
import { type ChatAction, chatHelp } from './line.ts'
import { peersHere, roomsAround } from './lists.ts'
import { messageTo } from './message-to.ts'
import { Room } from './room.ts'
import { Roster } from './roster.ts'

/** What somebody needs to take part in a chat. */
export interface SessionInput {
  room?: string | undefined
  handle?: string | undefined
  /** looks up where a peer is that there is no connection to; absent where there is nobody to be asked */
  locate: Locate | undefined
  /** settles when the peers that this one was told of are connected, or cannot be reached */
  joined: Promise<void>
  /** nobody waits at a terminal: who is not there yet, and is written to, is waited for */
  patient: boolean
  /** a room was entered, or the lobby, which has no name */
  onEntered(name: { room?: string }, topic: string, left: AbortSignal): void
  /** told what is worth knowing beside the records */
  onNote(note: string): void
}

/** Somebody who takes part in a chat: in one room at a time, and in messages to one peer alone. */
export class Session implements Disposable {
  readonly #node: RunningNode
  readonly #input: SessionInput
  readonly #context: OperationContext
  readonly #tell: (record: ChatRecord) => void
  readonly #roster: Roster
  readonly #incoming: Incoming
  readonly #pace = new Pace(mostSent, windowMs)
  #handle: string | undefined
  #room: Room

  /**
   * @param node - a node with pub/sub
   * @param input - the room and the handle to begin with
   * @param tell - told what happens
   * @param context - signal, and the time limit of each wait for a peer
   */
  constructor(node: RunningNode, input: SessionInput, tell: (record: ChatRecord) => void, context: OperationContext) {
    this.#node = node
    this.#input = input
    this.#context = context
    this.#tell = tell
    this.#roster = new Roster(() => node.libp2p.getPeers().map(String))
    this.#incoming = new Incoming(this.#roster, {
      taken: tell,
      rejected: tell,
      // whoever has come by way of others does not know what this peer is called
      met: () => this.#room.tellHandle(),
    })
    this.#handle = input.handle
    this.#room = this.#enter(input.room)
  }

  /** The room that it is in. */
  get room(): Room {
    return this.#room
  }

  /** Begins to answer direct messages. */
  async answer(): Promise<void> {
    const incoming = this.#incoming
    await answerDirect(this.#node, {
      take: (peer, request) => incoming.take(peer, request),
      reject: (peer, reason) => incoming.reject(peer, reason),
    })
  }

  /**
   * Does what was asked for.
   *
   * @param action - what to do
   * @throws ToolkitError why it cannot be done
   */
  async perform(action: Exclude<ChatAction, { do: 'quit' }>): Promise<void> {
    switch (action.do) {
      case 'say':
        await this.#pace.turn('say', this.#context.signal)
        return this.#tell(await this.#room.say(Buffer.from(action.text)))
      case 'name':
        this.#handle = action.handle
        return this.#room.tellHandle()
      case 'peers':
        return this.#tellAll(peersHere(this.#room, this.#roster), 'nobody is here')
      case 'rooms':
        return this.#tellAll(roomsAround(this.#node, this.#room), 'no rooms')
      case 'join':
        return await this.#leaveFor(action.room)
      case 'msg':
        return await this.#direct(action.to, action.text)
      case 'help':
        return this.#input.onNote(chatHelp)
    }
  }

  [Symbol.dispose](): void {
    this.#room[Symbol.dispose]()
  }

  async #leaveFor(name: string | undefined): Promise<void> {
    // others may be in the next room
    if (this.#input.patient) await this.#room.linger()
    this.#room[Symbol.dispose]()
    this.#room = this.#enter(name)
  }

  #enter(name: string | undefined): Room {
    const listener = {
      handle: () => this.#handle,
      request: (peer: string, bytes: Uint8Array, by: { topic: string; neighbour: string }) =>
        void this.#incoming.take(peer, bytes, by),
      changed: (type: 'peer-joined' | 'peer-left', peer: string, room: { room?: string }) => {
        if (!this.#incoming.tells(peer, topicOf(room.room))) return
        this.#tell({ type, at: new Date().toISOString(), ...room, peer, ...this.#roster.handleOf(peer) })
      },
      onNote: this.#input.onNote,
    }
    const room = new Room(this.#node, name, listener, this.#context)
    const { topic, peers } = room
    this.#tell({ type: 'room-joined', at: new Date().toISOString(), ...room.name, topic, peers: peers.length })
    room.enter()
    this.#input.onEntered(room.name, room.topic, room.left)
    return room
  }

  #tellAll(records: ChatRecord[], otherwise: string): void {
    for (const record of records) this.#tell(record)
    if (records.length === 0) this.#input.onNote(otherwise)
  }

  async #direct(to: string, text: string): Promise<void> {
    const { locate, joined, patient } = this.#input
    const addressees = { roster: this.#roster, here: () => this.#room.peers, locate, joined, patient }
    await this.#pace.turn('say', this.#context.signal)
    this.#tell(await messageTo(this.#node, to, text, addressees, this.#context))
  }
}
