import { multiaddr } from '@multiformats/multiaddr'
import { transportOf } from '../addresses/transport-of.ts'
import { type ErrorCode, exitCodeOf } from '../errors/exit-codes.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import { furthestOf } from '../node/failed-dial.ts'
import type { AttemptRecord, AttemptSummaryRecord } from '../records/attempt.ts'

/** What became of every address. */
export interface DialMatrix {
  /** in the order of the addresses, and of what their names lead to */
  attempts: AttemptRecord[]
  summary: AttemptSummaryRecord
  /** the class of the failure, where it is one */
  failure?: ErrorCode
}

/** One address of the matrix; without an outcome it worked. */
export interface Row {
  attempt: AttemptRecord
  outcome?: AddressOutcome
}

/**
 * The row of an address that did not work.
 *
 * @param outcome - what became of it
 * @param target - which of several targets it belongs to
 * @param totalMs - how long it took, where it was tried
 * @returns the row
 */
export function failedRow(outcome: AddressOutcome, target: { target?: string }, totalMs?: number): Row {
  const { address, tried, ...failure } = outcome
  const transport = transportOf(multiaddr(address))
  const time = totalMs === undefined ? {} : { totalMs }
  const known = transport === undefined ? {} : { transport }
  return { attempt: { type: 'attempt', ...target, address, tried, ok: false, ...known, ...failure, ...time }, outcome }
}

/**
 * Puts the rows together.
 *
 * @param targets - the rows of each target
 * @param requireAll - whether every address has to work
 * @returns every attempt, what they come to, and whether it is a failure
 */
export function verdict(targets: Row[][], requireAll: boolean): DialMatrix {
  const rows = targets.flat()
  const tried = rows.filter(({ attempt }) => attempt.tried).length
  const succeeded = rows.filter(({ outcome }) => outcome === undefined).length
  const codes = targets.flatMap((rows) => {
    const outcomes = rows.flatMap(({ outcome }) => outcome ?? [])
    if (requireAll) return outcomes.map(({ code }) => code)
    return outcomes.length < rows.length ? [] : (furthestOf(outcomes)?.code ?? [])
  })
  const [failure] = codes.toSorted((a, b) => exitCodeOf(b) - exitCodeOf(a))
  return {
    attempts: rows.map(({ attempt }) => attempt),
    summary: { type: 'summary', tried, succeeded, failed: tried - succeeded, notTried: rows.length - tried },
    ...(failure && { failure }),
  }
}
