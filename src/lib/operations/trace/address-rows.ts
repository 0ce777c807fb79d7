import type { TraceEvent } from '../../inspect/trace-event.ts'
import type { TraceRowRecord } from '../../records/trace.ts'
import { durationOf, textOf } from './detail.ts'

/**
 * What happened to addresses before anything was dialled. Such events belong to no connection: the
 * look-ups since the last dial are taken for those of the dials that follow.
 */
export class Addresses {
  #span: { startMs: number; endMs: number } | undefined
  #dialled = false

  /**
   * Takes an event of the address layer.
   *
   * @param event - the event
   * @returns a row where no connection can come of the name or the address
   */
  add(event: TraceEvent): TraceRowRecord | undefined {
    if (this.#dialled) this.#span = undefined
    this.#dialled = false
    const { type, atMs, detail } = event
    switch (type) {
      case 'name-resolved':
        this.#span = {
          startMs: Math.max(0, Math.min(this.#span?.startMs ?? atMs, atMs - durationOf(detail))),
          endMs: atMs,
        }
        return undefined
      case 'name-failed':
        return row(event, textOf(detail, 'name'), { outcome: 'failed', reason: textOf(detail, 'message') })
      case 'address-dropped':
        return row(event, textOf(detail, 'address'), { outcome: 'dropped', reason: textOf(detail, 'reason') })
    }
    return undefined
  }

  /** A dial begins: when the names that led to it were looked up, if any were. */
  dialled(): { startMs: number; endMs: number } | undefined {
    this.#dialled = true
    return this.#span
  }
}

function row(
  event: TraceEvent,
  label: string | undefined,
  { outcome, reason }: { outcome: 'failed' | 'dropped'; reason: string | undefined },
): TraceRowRecord {
  return {
    type: 'row',
    ...(event.peer !== undefined && { peer: event.peer }),
    label: label ?? 'an address',
    phases: [],
    outcome,
    layer: event.layer,
    ...(reason !== undefined && { reason }),
  }
}
