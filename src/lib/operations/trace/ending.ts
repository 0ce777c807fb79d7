import type { TraceEvent } from '../../inspect/trace-event.ts'
import type { TraceRowRecord } from '../../records/trace.ts'
import { textOf } from './detail.ts'

/** How a row ended: the keys of its record that say so. */
type Ended = Pick<TraceRowRecord, 'outcome' | 'by' | 'layer' | 'reason'>

/** How a connection or a stream came to its end: what said so first, except that a failure explains a close. */
export class Ending {
  #ended: Ended | undefined

  /** It was closed or reset. */
  closed(event: TraceEvent, outcome: 'closed' | 'reset' = 'closed'): void {
    const { by } = event.detail
    const reason = textOf(event.detail, 'reason')
    this.#ended ??= {
      outcome,
      ...((by === 'local' || by === 'remote') && { by }),
      ...(reason !== undefined && reason !== outcome && { reason }),
    }
  }

  /** It came to its end with the connection that carried it. */
  closedWithConnection(): void {
    this.#ended ??= { outcome: 'closed', reason: 'with its connection' }
  }

  /**
   * A layer failed.
   *
   * @param event - with `code` and `message` in its detail
   * @param wasOpen - a failure behind the close of what was open is a consequence, before that it is the cause
   */
  failed(event: TraceEvent, wasOpen: boolean): void {
    if (this.#ended !== undefined && (this.#ended.outcome === 'failed' || wasOpen)) return
    const reason = textOf(event.detail, 'message') ?? textOf(event.detail, 'code')
    this.#ended = { outcome: 'failed', layer: event.layer, ...(reason !== undefined && { reason }) }
  }

  /** The keys for the record; `otherwise` where nothing ended it. */
  record(otherwise: 'open' | 'unfinished'): Ended {
    return this.#ended ?? { outcome: otherwise }
  }
}
