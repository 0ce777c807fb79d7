import { eventTable } from '../../src/lib/inspect/event-table.ts'
import type { Generated } from './generated.ts'
import { markedPart } from './marked.ts'

/**
 * Puts the table of events into the page on inspection.
 *
 * @returns docs/inspection.md
 */
export async function inspectionDocs(): Promise<Generated> {
  const rows = Object.entries(eventTable).flatMap(([layer, events]) =>
    Object.entries(events).map(
      ([type, meaning], index) => `| ${index === 0 ? layer : ''} | \`${type}\` | ${meaning} |`,
    ),
  )
  const table = ['| layer | event | what it says |', '|---|---|---|', ...rows].join('\n')
  return await markedPart('docs/inspection.md', 'src/lib/inspect/event-table.ts', table)
}
