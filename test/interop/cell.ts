import { inject, test } from 'vitest'
import { exceptionOf } from './exceptions.ts'
import { ForeignPeer, type PeerConfig, Unsupported } from './foreign-peer.ts'
import type { CellResult, Place } from './place.ts'

declare module 'vitest' {
  interface TaskMeta {
    cell?: CellResult
  }
}

/** Starts peers of one implementation. */
export type StartPeer = (config: PeerConfig) => Promise<ForeignPeer>

/**
 * One cell of the table, as a test. A cell that is among the exceptions has to fail as it says there,
 * so that it is noticed when the other implementation mends it.
 *
 * @param place - where it stands
 * @param body - fails where the two implementations do not work together
 */
export function cell(place: Place, body: (start: StartPeer) => Promise<void>): void {
  const { implementation, group, row, column } = place
  test(`${implementation}: ${group}: ${row}: ${column}`, async ({ task, skip }) => {
    const built = inject('peers')[implementation]
    if ('skipped' in built) return skip(built.skipped)
    const exception = exceptionOf(place)
    const result: CellResult = { ...place, outcome: 'passed' }
    const start: StartPeer = async (config) => {
      const peer = await ForeignPeer.start(implementation, config)
      result.versions = peer.versions
      return peer
    }
    try {
      await body(start)
    } catch (error) {
      const outcome = error instanceof Unsupported ? 'unsupported' : 'upstream'
      if (exception?.outcome !== outcome || !exception.failure.test(String(error))) throw error
      Object.assign(result, { outcome, reason: exception.reason })
      task.meta.cell = result
      return
    }
    if (exception?.sometimes || exception?.passes)
      Object.assign(result, { outcome: exception.outcome, reason: exception.reason })
    else if (exception !== undefined)
      throw new Error(`it works now: take it out of exceptions.ts (${exception.reason})`)
    task.meta.cell = result
  })
}
