/** Peers whose rejections are counted. */
const mostPeers = 1000
/** Kinds that are counted of each. */
const mostKinds = 100
/** Characters that a rejection repeats of what a peer sent. */
const longestQuote = 256

/** What a peer sent and was not taken. */
export interface Rejection {
  /** who sent it, not who wrote it */
  peer: string
  /** its beginning, where it is long */
  topic?: string
  reason: string
  /** how many of this kind there were so far */
  count: number
}

/** A rejection that has not been counted yet. */
export interface Rejected {
  peer: string
  topic?: string
  /** a text of this program: kinds are told apart by it */
  reason: string
  /** what varies, and may repeat what the peer sent */
  detail?: string
}

/**
 * Tells what was rejected: of each kind the first, the tenth, the hundredth and so on, so that a flood stays readable. A kind
 * is a peer and a reason, and nothing that the peer can choose.
 */
export class Rejections {
  readonly #counts = new Map<string, Map<string, number>>()
  readonly #tell: (rejection: Rejection) => void

  /** @param tell - receives what is told */
  constructor(tell: (rejection: Rejection) => void) {
    this.#tell = tell
  }

  /** Counts a rejection. */
  add({ peer, topic, reason, detail }: Rejected): void {
    const counts = this.#countsOf(peer)
    const count = (counts.get(reason) ?? 0) + 1
    if (count === 1 && counts.size >= mostKinds) counts.clear()
    counts.set(reason, count)
    if (!Number.isInteger(Math.log10(count))) return
    this.#tell({
      peer,
      ...(topic !== undefined && { topic: quoted(topic) }),
      reason: detail === undefined ? reason : `${reason}: ${quoted(detail)}`,
      count,
    })
  }

  #countsOf(peer: string): Map<string, number> {
    const counts = this.#counts.get(peer) ?? new Map<string, number>()
    const [oldest] = this.#counts.size < mostPeers || this.#counts.has(peer) ? [] : this.#counts.keys()
    if (oldest !== undefined) this.#counts.delete(oldest)
    this.#counts.set(peer, counts)
    return counts
  }
}

function quoted(text: string): string {
  if (text.length <= longestQuote) return text
  // copied: a part of a string holds all of it
  return `${Buffer.from(text.slice(0, longestQuote)).toString()}…`
}
