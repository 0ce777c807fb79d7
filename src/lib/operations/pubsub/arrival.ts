import { deadlineOf, formatDuration } from '../../errors/deadline.ts'
import type { Pubsub } from '../../node/pubsub/pubsub.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { pubsubOf } from './connect.ts'

/** How long what was published may take to arrive when the command was told to end, in milliseconds. */
const farewellMs = 1000

/** Sees that what was published is sent, and arrives. A peer that does not read is waited for once. */
export class Arrival {
  readonly #node: RunningNode
  readonly #pubsub: Pubsub
  readonly #onNote: (note: string) => void
  readonly #context: OperationContext
  readonly #sentTo = new Set<string>()
  readonly #stalled = new Set<string>()

  /**
   * @param node - a node with pub/sub
   * @param onNote - told of peers that are not waited for any more
   * @param context - signal, and the time limit of each wait
   */
  constructor(node: RunningNode, onNote: (note: string) => void, context: OperationContext) {
    this.#node = node
    this.#pubsub = pubsubOf(node)
    this.#onNote = onNote
    this.#context = context
  }

  /** Notes whom a message was sent to. */
  expect(peers: string[]): void {
    for (const peer of peers) this.#sentTo.add(peer)
  }

  /**
   * Waits until no more than this is unsent to any of these peers.
   *
   * @param peers - their peer IDs
   * @param bytes - unsent bytes that do not matter
   * @throws the signal's reason
   */
  async below(peers: string[], bytes: number): Promise<void> {
    const slow = peers.filter((peer) => !this.#stalled.has(peer) && this.#pubsub.unsentBytes(peer) > bytes)
    if (slow.length === 0) return
    using deadline = this.#deadline()
    await Promise.allSettled(slow.map((peer) => this.#pubsub.sent(peer, bytes, deadline.signal)))
    this.#context.signal.throwIfAborted()
    for (const peer of slow) if (this.#pubsub.unsentBytes(peer) > bytes) this.#giveUp(peer)
  }

  /**
   * Waits until everything has arrived where it was sent to, for `--timeout` at most; for a second where the end has come.
   *
   * @throws the signal's reason
   */
  async linger(): Promise<void> {
    if (this.#sentTo.size === 0) return
    const { awaitDelivery } = await import('../delivery.ts')
    const isOver = this.#context.signal.aborted
    using deadline = isOver
      ? deadlineOf(new AbortController().signal, farewellMs, 'the end has come')
      : this.#deadline()
    const { signal } = deadline
    const missing = new Set([...this.#sentTo].filter((peer) => !this.#stalled.has(peer)))
    const arrives = async (peer: string) => {
      await this.#pubsub.sent(peer, 0, signal)
      const used = this.#node.libp2p.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peer)
      await Promise.all(used.map((connection) => awaitDelivery(connection, false, signal)))
      if (!signal.aborted) missing.delete(peer)
    }
    await Promise.allSettled([...missing].map(arrives))
    if (isOver) return
    this.#context.signal.throwIfAborted()
    if (!signal.aborted) return
    const within = formatDuration(this.#context.timeoutMs)
    for (const peer of missing) {
      if (this.#pubsub.unsentBytes(peer) > 0) this.#giveUp(peer)
      else this.#onNote(`${peer} has not shown within ${within} that everything has arrived`)
    }
  }

  #giveUp(peer: string): void {
    this.#stalled.add(peer)
    this.#onNote(`${peer} does not read what it is sent: it is not waited for any more`)
  }

  #deadline() {
    const { signal, timeoutMs } = this.#context
    return deadlineOf(signal, timeoutMs, `it has not arrived within ${formatDuration(timeoutMs)}`)
  }
}
