import type { TracePageRecord } from '../records/trace.ts'
import { renderRows } from './rows.ts'
import type { Style } from './style.ts'

/** Renders where the page of a trace is, and what it shows. */
export function renderPageWritten(record: TracePageRecord, style: Style): string {
  return renderRows(
    [
      ['page', record.file],
      ['rows', `${record.rows}`],
      ['events', `${record.events}`],
    ],
    style,
  )
}
