import type { RoutingObserved } from './event.ts'

/** Peers of a lookup that are kept, as many as a lookup itself remembers; a liar can name any number. */
const mostPeers = 2000
/** Requests to one peer that are kept: a lookup asks it twice at most, a whole routing table takes 17, a walk asks on and on. */
const mostRequests = 20
/** Peers that are not kept, and are told apart for their number. */
const mostCounted = 100_000
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
  /** leading bits in common with the key, where there is one */
  cpl?: number
  requests: LookupRequest[]
  /** requests beyond those that are kept */
  dropped?: number
}

/** The tree of a lookup, or of several: they have no key in common. */
interface LookupTreeRecord {
  type: 'lookup-tree'
  key?: string
  lookups?: number
  peers: LookupPeer[]
  dropped?: number
}

/** Builds the tree of a lookup from what can be seen of it: who introduced whom, and what became of each request. */
export class LookupTree {
  #key: string | undefined
  #lookups = 0
  readonly #peers = new Map<string, LookupPeer>()
  /** the names of those that are not kept */
  readonly #dropped = new Set<string>()

  /**
   * What was seen so far: the peers in the order in which they were heard of, with the key where there was one lookup,
   * the number of lookups where there were several.
   */
  get record(): LookupTreeRecord {
    const key = this.#lookups === 1 ? this.#key : undefined
    const peers = [...this.#peers.values()]
    return {
      type: 'lookup-tree',
      ...(key !== undefined && { key }),
      ...(this.#lookups > 1 && { lookups: this.#lookups }),
      // of several lookups each has a key of its own
      peers: this.#lookups > 1 ? peers.map(({ cpl, ...peer }) => peer) : peers,
      ...(this.#dropped.size > 0 && { dropped: this.#dropped.size }),
    }
  }

  /**
   * Takes in an event.
   *
   * @param observed - what the lookup did
   */
  observe({ type: kind, detail }: RoutingObserved): void {
    switch (kind) {
      case 'lookup-started':
        this.#key = detail.key
        this.#lookups++
        break
      case 'peer-introduced':
        this.#keep({ ...detail, requests: [] })
        break
      case 'asked': {
        const { request, ...place } = detail
        const peer = this.#keep({ ...place, requests: [] })
        if (peer.requests.length < mostRequests) peer.requests.push({ request })
        else peer.dropped = (peer.dropped ?? 0) + 1
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
    else this.#drop(fresh.peer)
    return fresh
  }

  #drop(peer: string): void {
    if (this.#dropped.size < mostCounted) this.#dropped.add(peer)
  }

  #settle(of: { peer: string; askedAt?: string; request: string }, outcome: Partial<LookupRequest>): void {
    if (of.askedAt !== undefined) this.#rename(of.askedAt, of.peer)
    const { requests, dropped = 0 } = this.#peers.get(of.peer) ?? { requests: [] }
    // a peer is asked one thing after the other: this is the outcome of one that is not kept
    if (dropped > 0) return
    const pending = requests.findLast(({ request, elapsedMs }) => request === of.request && elapsedMs === undefined)
    if (pending !== undefined) Object.assign(pending, outcome)
  }

  /** Who was asked at an address has proved its ID; others may have introduced it in the meantime. */
  #rename(askedAt: string, peer: string): void {
    if (this.#dropped.delete(askedAt) && !this.#peers.has(peer)) this.#drop(peer)
    const asked = this.#peers.get(askedAt)
    if (asked === undefined) return
    const introduced = this.#peers.get(peer)
    this.#peers.delete(askedAt)
    const cpl = introduced?.cpl
    const all = [...(introduced?.requests ?? []), ...asked.requests]
    const requests = all.slice(0, mostRequests)
    const dropped = all.length - requests.length + (introduced?.dropped ?? 0) + (asked.dropped ?? 0)
    const place = { hops: asked.hops, ...(cpl !== undefined && { cpl }) }
    this.#peers.set(peer, { peer, ...place, requests, ...(dropped > 0 && { dropped }) })
  }
}
