import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { HolderRecord } from '../../records/holder.ts'
import type { KnownPeer } from './known-peer.ts'
import { compareVerdicts, type Verdict } from './validate.ts'

/** What a peer that should hold a value came to. */
export interface Held {
  peer: KnownPeer
  /** absent where it has none, and where it gave that of another key */
  value?: Uint8Array
  /** absent where it has none */
  verdict?: Verdict
  /** why it did not answer */
  failure?: ToolkitError
}

/** The same, judged beside the others. */
type Judged = Held & { status: HolderRecord['status']; reason?: string }

/**
 * Judges what each peer holds by what the others hold. Of valid values, those that the validator likes less than the
 * best are stale. Where it has no preference, or there is none, the value that most peers gave is right, and others
 * are in conflict with it; all are where no value has more peers than every other.
 *
 * @param held - what each peer came to
 * @returns the same, in the same order, with a status
 */
export function judgeHolders(held: Held[]): Judged[] {
  const best = bestOf(held)
  const rivals = held.filter((one) => isGood(one) && isPreferred(one, best) === 0)
  const counts = new Map<string, number>()
  for (const one of rivals) counts.set(nameOf(one), (counts.get(nameOf(one)) ?? 0) + 1)
  const [most = 0, second = 0] = [...counts.values()].toSorted((a, b) => b - a)
  return held.map((one) => {
    if (one.failure !== undefined) return { ...one, status: 'failed', reason: one.failure.message }
    const { verdict } = one
    if (verdict === undefined) return { ...one, status: 'missing' }
    if (verdict.is === 'invalid') return { ...one, status: 'invalid', reason: verdict.fault }
    if (isPreferred(one, best) < 0) return { ...one, status: 'stale', reason: staleBy(verdict, best) }
    const givers = counts.get(nameOf(one)) ?? 0
    if (counts.size > 1 && (givers < most || most === second)) {
      const others = rivals.length - givers
      return { ...one, status: 'conflict', reason: `${others} gave another value, ${givers} this one` }
    }
    return { ...one, status: verdict.is }
  })
}

function bestOf(held: Held[]): Held | undefined {
  let best: Held | undefined
  for (const one of held) if (isGood(one) && (best === undefined || isPreferred(one, best) > 0)) best = one
  return best
}

function isGood({ verdict }: Held): boolean {
  return verdict !== undefined && verdict.is !== 'invalid'
}

function isPreferred(one: Held, other: Held | undefined): number {
  return one.verdict === undefined || other?.verdict === undefined ? 0 : compareVerdicts(one.verdict, other.verdict)
}

function staleBy(one: Verdict, best: Held | undefined): string {
  const entries = [one, best?.verdict].map((verdict) => (verdict?.is === 'valid' ? verdict.entry : undefined))
  const [own, other] = entries
  if (own === undefined || other === undefined) return 'there is a better one'
  if (own.sequence !== other.sequence) return `the best has sequence ${other.sequence}`
  return `the best is valid until ${other.expires.toISOString()}`
}

function nameOf({ value }: Held): string {
  return Buffer.from(value ?? []).toString('base64')
}
