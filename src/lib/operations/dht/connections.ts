import type { Connection } from '@libp2p/interface'
import type { Target } from '../../addresses/target.ts'
import { dialTarget } from '../../node/dial.ts'
import { closeConnection, type RunningNode } from '../../node/running-node.ts'

/** Connections of one query that are kept open for another request. */
const mostOpen = 32
/** How long the other side may take when a connection is closed, in milliseconds. */
const closeWithinMs = 500

interface Held {
  connection: Connection
  users: number
}

/** The connections of one query: one for each peer, reused, and all closed at its end. */
export class Connections implements AsyncDisposable {
  readonly #node: RunningNode
  /** the least recently used first */
  #held: Held[] = []

  /** @param node - the node that dials */
  constructor(node: RunningNode) {
    this.#node = node
  }

  /**
   * Does something on a connection to a peer.
   *
   * @param target - the peer
   * @param signal - ends the dial
   * @param run - what to do
   * @returns what it returns
   * @throws ToolkitError when the peer cannot be reached, and what `run` throws
   */
  async use<T>(target: Target, signal: AbortSignal, run: (connection: Connection) => Promise<T>): Promise<T> {
    const held = this.#find(target.peer) ?? (await this.#dial(target, signal))
    this.#held = [...this.#held.filter((other) => other !== held), held]
    held.users++
    try {
      return await run(held.connection)
    } finally {
      held.users--
      await this.#closeIdle()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#held.splice(0).map(({ connection }) => closeConnection(connection, closeWithinMs)))
  }

  #find(peer: string | undefined): Held | undefined {
    if (peer === undefined) return undefined
    return this.#held.find(
      ({ connection }) => connection.status === 'open' && connection.remotePeer.toString() === peer,
    )
  }

  async #dial(target: Target, signal: AbortSignal): Promise<Held> {
    const { connection } = await dialTarget(this.#node, target, { signal, timeoutMs: 0 })
    const held = { connection, users: 0 }
    this.#held.push(held)
    return held
  }

  async #closeIdle(): Promise<void> {
    const idle = this.#held.filter(({ users }) => users === 0).slice(0, Math.max(0, this.#held.length - mostOpen))
    this.#held = this.#held.filter((held) => !idle.includes(held))
    await Promise.all(idle.map(({ connection }) => closeConnection(connection, closeWithinMs)))
  }
}
