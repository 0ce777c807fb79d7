import type { RouterRpc } from './router.ts'

/** RPCs with an IWANT, and with an IHAVE, that the router heeds of one peer from one heartbeat to the next. */
const mostHeeded = 10

/** Counts what a peer asks and announces, and tells where it is more than the router heeds: that ignores the rest in silence. */
export class ControlFloods {
  readonly #counts = new Map<string, { iwant: number; ihave: number }>()
  readonly #tell: (peer: string, reason: string) => void

  /** @param tell - told who exceeds which bound */
  constructor(tell: (peer: string, reason: string) => void) {
    this.#tell = tell
  }

  /** A heartbeat has gone by. */
  reset(): void {
    this.#counts.clear()
  }

  /**
   * Counts an RPC that the router has handled.
   *
   * @param peer - who sent it
   * @param rpc - what it said
   * @param topics - who has announced each topic, as far as the router keeps it
   */
  count(peer: string, { control, subscriptions }: RouterRpc, topics: ReadonlyMap<string, ReadonlySet<string>>): void {
    const isKept = (topic: string | undefined) => topic === undefined || topics.get(topic)?.has(peer) === true
    const ended = new Set(subscriptions.filter(({ subscribe }) => subscribe !== true).map(({ topic }) => topic))
    const lost = subscriptions.filter(
      ({ topic, subscribe }) => subscribe === true && !ended.has(topic) && !isKept(topic),
    )
    if (lost.length > 0) this.#tell(peer, 'it announces more topics than are kept of one peer')
    if (control === undefined) return
    const counts = this.#counts.get(peer) ?? { iwant: 0, ihave: 0 }
    this.#counts.set(peer, counts)
    for (const name of ['iwant', 'ihave'] as const) {
      if (control[name].length === 0) continue
      counts[name]++
      if (counts[name] === mostHeeded + 1)
        this.#tell(peer, `${name.toUpperCase()} flood: no more than ${mostHeeded} a second are heeded`)
    }
  }
}
