import { createHash } from 'node:crypto'
import type { KnownPeer } from './known-peer.ts'
import { compareVerdicts, type Verdict } from './validate.ts'

/** A value that holds, or that nobody here can judge, and who gave it. */
export interface Given {
  value: Uint8Array
  verdict: Verdict
  /** who gave it first */
  from: KnownPeer
}

/** The same, and how many gave it. */
interface Tallied extends Given {
  givers: number
}

/**
 * Counts who gave which value of a key. The best is the one that the validator prefers; of those that it likes alike the
 * one that most peers gave, and of those the first. Of the others the hashes alone are kept: values are long, and strangers send
 * them.
 */
export class ValueTally {
  #best: Tallied | undefined
  /** of the values that the validator likes as much as the best: who gave each first, and how many did */
  readonly #rivals = new Map<string, { from: KnownPeer; givers: number }>()

  /** The best value so far. */
  get best(): Tallied | undefined {
    return this.#best
  }

  /** How many gave a value that the validator likes as much as the best. */
  get givers(): number {
    return [...this.#rivals.values()].reduce((sum, { givers }) => sum + givers, 0)
  }

  /** Whether as many peers gave another value as gave the best, so that nothing tells which is better. */
  get isTied(): boolean {
    return [...this.#rivals.values()].filter(({ givers }) => givers === this.#best?.givers).length > 1
  }

  /** Takes in a value that is not invalid. */
  add({ value, verdict, from }: Given): void {
    const preferred = this.#best === undefined ? 1 : compareVerdicts(verdict, this.#best.verdict)
    if (preferred < 0) return
    if (preferred > 0) this.#rivals.clear()
    const hash = hashOf(value)
    const { from: first, givers } = this.#rivals.get(hash) ?? { from, givers: 0 }
    const rival = { from: first, givers: givers + 1 }
    this.#rivals.set(hash, rival)
    if (preferred > 0 || rival.givers > (this.#best?.givers ?? 0)) this.#best = { value, verdict, ...rival }
  }

  /** How many gave a value; 0 where the validator likes the best more. */
  giversOf(value: Uint8Array): number {
    return this.#rivals.get(hashOf(value))?.givers ?? 0
  }
}

function hashOf(value: Uint8Array): string {
  return createHash('sha256').update(value).digest('base64')
}
