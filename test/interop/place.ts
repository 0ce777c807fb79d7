import type { Implementation } from './build.ts'

/** Where a cell stands in the table of docs/interop.md. */
export interface Place {
  implementation: Implementation
  group: string
  row: string
  column: string
}

/** What became of a cell, for the table. */
export interface CellResult extends Place {
  outcome: 'passed' | 'unsupported' | 'upstream'
  reason?: string
  versions?: Record<string, string>
}
