import { setTimeout } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { transportOf } from '../addresses/transport-of.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import { Abandoned } from './abandoned.ts'
import { type Candidate, dialCandidate, type Judged, judge, tellDropped } from './candidate.ts'
import { outcomeOf } from './failed-dial.ts'
import { closeConnection, type RunningNode } from './running-node.ts'

/** How long one address may keep the next from being tried, in milliseconds (RFC 8305 section 5). */
const headStartMs = 250

/** Dials candidates each on its own; the first to succeed wins, and ends the others. */
export class DialRace {
  /** who has won, and when on the monotonic clock */
  winner: { connection: Connection; candidate: Candidate; at: number } | undefined
  readonly outcomes: AddressOutcome[] = []
  /** aborts when somebody has won, or nobody will in time */
  readonly signal: AbortSignal
  readonly #node: RunningNode
  readonly #won = new AbortController()
  readonly #attempts = new Set<AbortController>()

  constructor(node: RunningNode, signal: AbortSignal) {
    this.#node = node
    this.signal = AbortSignal.any([signal, this.#won.signal])
    this.signal.addEventListener('abort', () => {
      for (const attempt of this.#attempts) attempt.abort(this.signal.reason)
    })
  }

  /** Tries each candidate, the preferred transports first, with a short head start for each. */
  async run(candidates: Candidate[]): Promise<void> {
    const node = this.#node
    const running: Promise<void>[] = []
    const order = ({ candidate }: Judged) => preference(node, candidate.address)
    for (const { candidate, refused } of judge(node, candidates).toSorted((a, b) => order(a) - order(b))) {
      if (refused !== undefined) this.outcomes.push(refused)
      else if (this.signal.aborted) this.#tooLate(candidate.address)
      else {
        const dialling = this.#attempt(candidate)
        running.push(dialling)
        await Promise.race([dialling, setTimeout(headStartMs, undefined, { signal: this.signal }).catch(() => {})])
      }
    }
    await Promise.all(running)
  }

  #tooLate(candidate: Multiaddr): void {
    const address = candidate.toString()
    if (this.winner !== undefined) {
      tellDropped(this.#node, { address, code: 'not-needed', message: 'another address was faster' })
      return
    }
    const outcome = { address, tried: false, code: 'timeout', message: 'the deadline came first' } as const
    this.outcomes.push(outcome)
    tellDropped(this.#node, outcome)
  }

  async #attempt(candidate: Candidate): Promise<void> {
    const controller = new AbortController()
    this.#attempts.add(controller)
    try {
      const connection = await dialCandidate(this.#node, candidate, controller.signal)
      this.#attempts.delete(controller)
      if (this.winner !== undefined) return await closeConnection(connection)
      this.winner = { connection, candidate, at: performance.now() }
      this.#won.abort(new Abandoned('another address was faster'))
    } catch (error) {
      if (this.winner === undefined) this.outcomes.push(outcomeOf(candidate.address, error, 'transport'))
    } finally {
      this.#attempts.delete(controller)
    }
  }
}

/** The order of the transports in the spec is preference; within one, the order given stays. */
function preference(node: RunningNode, address: Multiaddr): number {
  const transport = transportOf(address)
  return transport === undefined ? -1 : node.spec.transports.indexOf(transport)
}
