import type { ScanSummaryRecord } from '../records/scanned.ts'
import type { ProtocolCandidate } from './scan-candidates.ts'
import type { Finding } from './scan-layers.ts'

/** What a scan came to so far. */
export class ScanStatistics {
  readonly #accepted: Record<Finding['layer'], string[]> = { security: [], muxer: [], protocol: [] }
  #left: Record<'security' | 'muxer', number>
  readonly #counts = { accepted: 0, refused: 0, unanswered: 0, untried: 0 }
  readonly #claims = { claimed: 0, confirmed: 0, falseClaims: 0, unclaimed: 0 }

  /**
   * @param offered - how many security protocols and muxers are there to be tried
   */
  constructor(offered: Record<'security' | 'muxer', number>) {
    this.#left = { ...offered }
  }

  /** Notes which protocols will be tried; those that no finding is about stay untried. */
  expect(candidates: ProtocolCandidate[]): void {
    this.#counts.untried = candidates.length
    this.#claims.claimed = candidates.filter(({ claimed }) => claimed).length
  }

  /** Notes that no more findings about security protocols and muxers come: QUIC and relays try but one each. */
  layersTried(): void {
    this.#left = { security: 0, muxer: 0 }
  }

  /** Counts one finding. */
  add({ layer, protocol, accepted, answered, claimed, elapsedMs }: Finding): void {
    if (layer !== 'protocol') {
      this.#left[layer]--
      if (accepted) this.#accepted[layer].push(protocol)
      return
    }
    if (elapsedMs === undefined) return
    this.#counts.untried--
    if (accepted) this.#counts.accepted++
    else if (answered) this.#counts.refused++
    else this.#counts.unanswered++
    if (accepted && claimed) this.#claims.confirmed++
    else if (accepted) this.#claims.unclaimed++
    else if (answered && claimed) this.#claims.falseClaims++
  }

  /** The figures of the summary. */
  summary(): Omit<
    ScanSummaryRecord,
    'type' | 'target' | 'peer' | 'address' | 'identified' | 'listed' | 'problems' | 'totalMs'
  > {
    const { security, muxer: muxers } = this.#accepted
    return {
      ...(this.#left.security <= 0 && { security }),
      ...(this.#left.muxer <= 0 && { muxers }),
      ...this.#counts,
      ...this.#claims,
    }
  }
}

/**
 * Whether a peer speaks everything that it claims: what `--strict` asks for.
 *
 * @param summary - the end of a scan
 * @returns false also where it does not say what it speaks, or a claim was not tried
 */
export function claimsHold(summary: ScanSummaryRecord): boolean {
  return (summary.identified || summary.listed) && summary.confirmed === summary.claimed
}
