/** Kinds of rejections that are counted: a flood of topics must not fill the memory. */
const mostKinds = 1000

/** What a peer sent and was not taken. */
export interface Rejection {
  /** who sent it, not who wrote it */
  peer: string
  topic?: string
  reason: string
  /** how many of this kind there were so far */
  count: number
}

/** Tells what was rejected: of each kind the first, the tenth, the hundredth and so on, so that a flood stays readable. */
export class Rejections {
  readonly #counts = new Map<string, number>()
  readonly #tell: (rejection: Rejection) => void

  /** @param tell - receives what is told */
  constructor(tell: (rejection: Rejection) => void) {
    this.#tell = tell
  }

  /** Counts a rejection. */
  add(rejected: Omit<Rejection, 'count'>): void {
    const kind = `${rejected.peer} ${rejected.topic ?? ''} ${rejected.reason}`
    const count = (this.#counts.get(kind) ?? 0) + 1
    if (count === 1 && this.#counts.size >= mostKinds) this.#counts.clear()
    this.#counts.set(kind, count)
    if (Number.isInteger(Math.log10(count))) this.#tell({ ...rejected, count })
  }
}
