import type { RoutingObserved } from './event.ts'

/** Peers of a lookup that are kept, as many as a lookup itself remembers; a liar can name any number. */
const mostPeers = 2000
/** Requests to one peer that are kept: a lookup asks it twice at most, and a whole routing table takes 17. */
const mostRequests = 20
/** Longest message of a failure that is kept. */
const longestMessage = 256

/** What became of one request to a peer. */
export interface LookupRequest {
  request: string
  rttMs?: number
  elapsedMs?: number
  closer?: number
  providers?: number
  value?: boolean
  error?: { code: string; message: string }
}

/** A peer that a lookup knew of, and who introduced it. */
export interface LookupPeer {
  peer: string
  by?: string
  hops: number
  cpl?: number
  requests: LookupRequest[]
}

/** Builds the tree of a lookup from what can be seen of it: who introduced whom, and what became of each request. */
export class LookupTree {
  /** what was looked for first */
  key: string | undefined
  /** peers beyond those that are kept */
  dropped = 0
  readonly #peers = new Map<string, LookupPeer>()

  /** The peers, in the order in which the lookup heard of them. */
  get peers(): LookupPeer[] {
    return [...this.#peers.values()]
  }

  /**
   * Takes in an event.
   *
   * @param observed - what the lookup did
   */
  observe({ type: kind, detail }: RoutingObserved): void {
    switch (kind) {
      case 'lookup-started':
        this.key ??= detail.key
        break
      case 'peer-introduced':
        this.#keep({ ...detail, requests: [] })
        break
      case 'asked': {
        const { request, ...place } = detail
        const { requests } = this.#keep({ ...place, requests: [] })
        if (requests.length < mostRequests) requests.push({ request })
        break
      }
      case 'answered': {
        const { rttMs, ms: elapsedMs, closer, providers, value } = detail
        this.#settle(detail, { rttMs, elapsedMs, closer, providers, value })
        break
      }
      case 'request-failed': {
        const { ms: elapsedMs, code, message } = detail
        this.#settle(detail, { elapsedMs, error: { code, message: message.slice(0, longestMessage) } })
        break
      }
      case 'answer-faulted':
      case 'lookup-finished':
      case 'gave-up':
      case 'mdns-answered':
      case 'mdns-asked':
      case 'mdns-heard':
      case 'mdns-ignored':
        break
      default: {
        kind satisfies never
      }
    }
  }

  /** A peer that is beyond the bound is counted, and what becomes of it is not kept. */
  #keep(fresh: LookupPeer): LookupPeer {
    const known = this.#peers.get(fresh.peer)
    if (known !== undefined) return known
    if (this.#peers.size < mostPeers) this.#peers.set(fresh.peer, fresh)
    else this.dropped++
    return fresh
  }

  #settle(of: { peer: string; askedAt?: string; request: string }, outcome: Partial<LookupRequest>): void {
    if (of.askedAt !== undefined) this.#rename(of.askedAt, of.peer)
    const requests = this.#peers.get(of.peer)?.requests ?? []
    const pending = requests.findLast(({ request, elapsedMs }) => request === of.request && elapsedMs === undefined)
    if (pending !== undefined) Object.assign(pending, outcome)
  }

  /** Who was asked at an address has proved its ID; others may have introduced it in the meantime. */
  #rename(askedAt: string, peer: string): void {
    const asked = this.#peers.get(askedAt)
    if (asked === undefined) return
    const introduced = this.#peers.get(peer)
    this.#peers.delete(askedAt)
    const cpl = introduced?.cpl
    const requests = [...(introduced?.requests ?? []), ...asked.requests].slice(0, mostRequests)
    this.#peers.set(peer, { peer, hops: asked.hops, ...(cpl !== undefined && { cpl }), requests })
  }
}
