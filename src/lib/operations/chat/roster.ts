import { until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'

/** Peers that are remembered: whoever makes up peers gets no further. */
const mostKept = 1000
/** Digits at the end of a peer ID that are enough to mean it. */
const fewestDigits = 4

/** What is known of a peer of the chat. */
interface Known {
  handle?: string
  /** the topic of the room that it was heard in last */
  topic?: string
}

/** The peers that have said something, and what they want to be called. */
export class Roster {
  readonly #connected: () => string[]
  readonly #known = new Map<string, Known>()
  #changed = Promise.withResolvers<void>()

  /** @param connected - tells who is connected: those are never forgotten */
  constructor(connected: () => string[]) {
    this.#connected = connected
  }

  /** Notes that a peer was heard in a room, in none where it spoke to this peer alone; says whether that is new. */
  heard(peer: string, topic: string | undefined): boolean {
    const known = this.#known.get(peer)
    this.#keep(peer, { ...known, ...(topic !== undefined && { topic }) })
    return known === undefined || known.topic !== topic
  }

  /** Notes what a peer wants to be called; says whether that is new, and what it was called before. */
  rename(peer: string, handle: string | undefined): { isNew: boolean; was?: string } {
    const { handle: was, ...rest } = this.#known.get(peer) ?? {}
    this.#keep(peer, { ...rest, ...(handle !== undefined && { handle }) })
    return { isNew: handle !== was, ...(was !== undefined && { was }) }
  }

  /** What a peer wants to be called, as a record has it: absent where it has not said. */
  handleOf(peer: string): { handle?: string } {
    const handle = this.#known.get(peer)?.handle
    return handle === undefined ? {} : { handle }
  }

  /** The peers that were last heard in a room. */
  in(topic: string): string[] {
    return [...this.#known].flatMap(([peer, known]) => (known.topic === topic ? [peer] : []))
  }

  /**
   * Finds the peer that somebody means.
   *
   * @param text - its handle, its peer ID, or the last digits of that, also with the ellipsis that they are shown with
   * @param others - peers beside those that were heard of
   * @returns the peer; undefined where nobody is called so
   * @throws ToolkitError `usage` where several are
   */
  find(text: string, others: string[]): string | undefined {
    const peers = [...new Set([...this.#known.keys(), ...others])]
    // a handle may be anything, another's peer ID as well
    if (peers.includes(text)) return text
    const digits = text.replace(/^…/u, '')
    const ends = (peer: string) => digits.length >= fewestDigits && peer.endsWith(digits)
    const [found, ...more] = peers.filter((peer) => this.#known.get(peer)?.handle === text || ends(peer))
    if (more.length === 0) return found
    throw new ToolkitError('usage', `${1 + more.length} peers are called so: ${text}`, {
      suggestions: [found, ...more].slice(0, 10).map((peer) => `/msg ${peer} TEXT`),
    })
  }

  /**
   * Waits until somebody is called so.
   *
   * @param text - as for `find`
   * @param others - peers beside those that were heard of, by then
   * @param signal - ends the wait
   * @returns the peer; undefined where nobody is called so by then
   * @throws ToolkitError `usage` where several are
   */
  async whenCalled(text: string, others: () => string[], signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const found = this.find(text, others())
      if (found !== undefined || signal.aborted) return found
      await until(this.#changed.promise, signal).catch(() => {})
    }
  }

  /** Has those who wait for somebody look again: somebody has come. */
  look(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  #keep(peer: string, known: Known): void {
    // the one that was heard last is forgotten last
    this.#known.delete(peer)
    if (this.#known.size >= mostKept) this.#forget()
    this.#known.set(peer, known)
    this.look()
  }

  #forget(): void {
    const connected = new Set(this.#connected())
    for (const peer of this.#known.keys()) {
      if (connected.has(peer)) continue
      this.#known.delete(peer)
      return
    }
  }
}
