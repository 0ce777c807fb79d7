import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { HolderRecord } from '../../records/holder.ts'
import type { KnownPeer } from './known-peer.ts'
import type { Verdict } from './validate.ts'
import { ValueTally } from './value-tally.ts'

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
 * Judges what each peer holds by what the others hold, as `ValueTally` ranks values. Of valid values, those that the
 * validator likes less than the best are stale. Where it has no preference, or there is none, the value that most peers
 * gave is right, and others are in conflict with it; all are where no value has more peers than every other.
 *
 * @param held - what each peer came to
 * @returns the same, in the same order, with a status
 */
export function judgeHolders(held: Held[]): Judged[] {
  const tally = new ValueTally()
  for (const { peer, value, verdict } of held) {
    if (value !== undefined && verdict !== undefined && verdict.is !== 'invalid')
      tally.add({ value, verdict, from: peer })
  }
  return held.map((one) => ({ ...one, ...statusOf(one, tally) }))
}

function statusOf({ value, verdict, failure }: Held, tally: ValueTally): Pick<Judged, 'status' | 'reason'> {
  if (failure !== undefined) return { status: 'failed', reason: failure.message }
  if (verdict === undefined) return { status: 'missing' }
  if (verdict.is === 'invalid') return { status: 'invalid', reason: verdict.fault }
  const { best, givers: all, isTied } = tally
  const givers = value === undefined ? 0 : tally.giversOf(value)
  if (givers === 0) return { status: 'stale', reason: staleBy(verdict, best?.verdict) }
  if (isTied || givers < (best?.givers ?? 0)) {
    return { status: 'conflict', reason: `${all - givers} gave another value, ${givers} this one` }
  }
  return { status: verdict.is }
}

function staleBy(one: Verdict, best: Verdict | undefined): string {
  const entries = [one, best].map((verdict) => (verdict?.is === 'valid' ? verdict.entry : undefined))
  const [own, other] = entries
  if (own === undefined || other === undefined) return 'there is a better one'
  if (own.sequence !== other.sequence) return `the best has sequence ${other.sequence}`
  return `the best is valid until ${other.expires.toISOString()}`
}
