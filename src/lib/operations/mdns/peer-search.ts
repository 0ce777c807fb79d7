import { messageOf } from '../../errors/causes.ts'
import { until } from '../../errors/deadline.ts'
import type { Inspector } from '../../inspect/inspector.ts'
import { ip4Interfaces } from '../../protocols/mdns/interfaces.ts'
import { joinLinks, type MdnsLinks } from '../../protocols/mdns/links.ts'
import { decodeMessage, encodeQuery, libp2pService, type ToldPeer } from '../../protocols/mdns/message.ts'
import type { MdnsInput } from './input.ts'

/** Peers that are kept of one search: whoever floods the link with forged answers gets no further. */
const mostPeers = 1000

/** Time until the question is asked again, doubled each time (RFC 6762, section 5.2), in milliseconds. */
const firstWaitMs = 1000
const longestWaitMs = 60_000

/** A peer that was heard of. */
export interface HeardPeer extends ToldPeer {
  at: string
}

/** Asks the local network for peers, and asks again, until its block ends; it answers nobody. */
export class PeerSearch implements AsyncDisposable {
  /** answers, and parts of answers, that were of no use */
  ignored = 0
  readonly #startedAt = performance.now()
  readonly #input: MdnsInput
  readonly #service: string
  readonly #wanted: string | undefined
  readonly #known = new Set<string>()
  readonly #heard: HeardPeer[] = []
  #links: MdnsLinks | undefined
  #timer: NodeJS.Timeout | undefined
  #wake = () => {}
  #full = false

  private constructor(input: MdnsInput, wanted?: string) {
    this.#input = input
    this.#service = input.service ?? libp2pService
    this.#wanted = wanted
  }

  /**
   * Asks on every interface that has an IPv4 address.
   *
   * @param input - the service, and who is told what happens
   * @param wanted - the only peer to be heard of, base58btc; everybody when absent
   * @returns the search
   * @throws ToolkitError `local` or `unreachable` where it can be asked on no interface
   */
  static async begin(input: MdnsInput, wanted?: string): Promise<PeerSearch> {
    const search = new PeerSearch(input, wanted)
    const query = encodeQuery(search.#service)
    search.#links = await joinLinks(ip4Interfaces(), {
      greeting: () => query,
      onMessage: (_socket, bytes, from) => search.#take(bytes, from),
      onFailed: input.onNote,
    })
    for (const socket of search.#links.sockets) search.#asked(socket.interface.name)
    search.#askAfter(firstWaitMs, query)
    return search
  }

  /** Since the search began, in milliseconds. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  /**
   * Gives out each peer once, as it is heard of, unless it is forgotten.
   *
   * @param signal - ends it, without an error
   */
  async *peers(signal: AbortSignal): AsyncGenerator<HeardPeer> {
    for (;;) {
      const peer = this.#heard.shift()
      if (peer !== undefined) yield peer
      else if (signal.aborted) return
      else {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        await until(promise, signal).catch(() => {})
      }
    }
  }

  /** Gives a peer out again when it is heard of again. */
  forget(peer: string): void {
    this.#known.delete(peer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    await this.#links?.[Symbol.asyncDispose]()
  }

  get #inspector(): Inspector | undefined {
    return this.#input.inspector
  }

  #askAfter(ms: number, query: Uint8Array): void {
    this.#timer = setTimeout(() => {
      for (const socket of this.#links?.sockets ?? []) {
        // an interface may be gone by now, and come back
        socket.send(query).then(
          () => this.#asked(socket.interface.name),
          () => {},
        )
      }
      void this.#askOnMore()
      this.#askAfter(Math.min(2 * ms, longestWaitMs), query)
    }, ms)
  }

  /** Asks on interfaces that have come since as well. */
  async #askOnMore(): Promise<void> {
    const more = (await this.#links?.joinMore(ip4Interfaces())) ?? []
    for (const socket of more) this.#asked(socket.interface.name)
  }

  #asked(name: string): void {
    const detail = { service: this.#service, interface: name }
    this.#inspector?.observe({ layer: 'routing', type: 'mdns-asked', detail })
  }

  #take(bytes: Uint8Array, from: string): void {
    try {
      const message = decodeMessage(bytes, this.#service)
      if (message?.type !== 'answer') return
      for (const problem of message.problems) this.#ignore(from, problem)
      const peers = message.peers.map(({ peer }) => peer)
      this.#inspector?.observe({ layer: 'routing', type: 'mdns-heard', detail: { from, peers } })
      for (const told of message.peers) this.#keep(told)
    } catch (error) {
      this.#ignore(from, messageOf(error))
    }
  }

  #ignore(from: string, problem: string): void {
    this.ignored++
    this.#inspector?.observe({ layer: 'routing', type: 'mdns-ignored', detail: { from, problem } })
  }

  #keep(told: ToldPeer): void {
    if ((this.#wanted ?? told.peer) !== told.peer || this.#known.has(told.peer)) return
    if (this.#known.size < mostPeers) {
      this.#known.add(told.peer)
      this.#heard.push({ ...told, at: new Date().toISOString() })
      this.#wake()
    } else if (!this.#full) {
      this.#full = true
      this.#input.onNote(`more than ${mostPeers} peers answer: the others are left out`)
    }
  }
}
