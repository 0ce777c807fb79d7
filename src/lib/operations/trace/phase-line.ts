import type { TraceRowRecord } from '../../records/trace.ts'

/** A phase of a row. */
export type Phase = TraceRowRecord['phases'][number]
/** The name of a phase. */
export type PhaseName = Phase['name']

/**
 * Phases one after the other, cut from events as they come. Each comes once and never before an
 * earlier one, whatever a trace says.
 */
export class PhaseLine {
  readonly #order: readonly PhaseName[]
  readonly #phases: Phase[] = []
  #current: { name: PhaseName; startMs: number; supposed: boolean } | undefined
  #reached = -1
  #lastMs = 0

  /**
   * @param order - the names, in the order in which they can come
   */
  constructor(order: readonly PhaseName[]) {
    this.#order = order
  }

  /** Whether this phase has begun, or a later one. */
  reached(name: PhaseName): boolean {
    return this.#reached >= this.#order.indexOf(name)
  }

  /** Begins a phase, which ends the one before it; one that was only supposed to be is taken back. */
  begin(name: PhaseName, atMs: number): void {
    if (this.reached(name)) return
    if (this.#current?.supposed === true) this.#current = undefined
    this.#start(name, atMs, false)
  }

  /** Begins a phase of which nothing was seen yet: it stands unless another begins in its stead. */
  suppose(name: PhaseName, atMs: number): void {
    if (!this.reached(name)) this.#start(name, atMs, true)
  }

  /** Something of a phase was seen, so that it is one; begins it where nobody has supposed it. */
  confirm(name: PhaseName, atMs: number): void {
    if (this.#current?.name === name) {
      this.#current.supposed = false
      this.#reached = this.#order.indexOf(name)
    } else this.begin(name, atMs)
  }

  /** Ends the current phase. */
  end(atMs: number): void {
    if (this.#current === undefined) return
    const { name, startMs } = this.#current
    this.#reached = this.#order.indexOf(name)
    const endMs = Math.max(startMs, microseconds(atMs))
    if (endMs > startMs) this.#phases.push({ name, startMs, endMs })
    this.#current = undefined
    this.#lastMs = endMs
  }

  /** Ends a phase if it is the current one; one that was only supposed to be is taken back. */
  endOf(name: PhaseName, atMs: number): void {
    if (this.#current?.name !== name) return
    if (this.#current.supposed) this.#current = undefined
    else this.end(atMs)
  }

  /** The phases that have ended, without those that took no time. */
  get phases(): Phase[] {
    return this.#phases
  }

  #start(name: PhaseName, atMs: number, supposed: boolean): void {
    this.end(atMs)
    if (!supposed) this.#reached = this.#order.indexOf(name)
    this.#current = { name, startMs: Math.max(this.#lastMs, microseconds(atMs)), supposed }
  }
}

/** Subtracting durations from times leaves digits that nobody measured. */
function microseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
