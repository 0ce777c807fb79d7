import { readFileSync } from 'node:fs'
import { z } from 'zod'

const cell = z.object({
  implementation: z.string(),
  group: z.string(),
  row: z.string(),
  column: z.string(),
  outcome: z.enum(['passed', 'unsupported', 'upstream']),
  reason: z.string().optional(),
  versions: z.record(z.string(), z.string()).optional(),
})

/** What became of one cell. */
export type Cell = z.infer<typeof cell>

const report = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          title: z.string(),
          status: z.string(),
          meta: z.object({ cell: cell.optional() }).optional(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

/** What a run of the suite came to. */
export interface Results {
  cells: Cell[]
  failed: string[]
  skipped: string[]
}

/**
 * Reads the suite's results.
 *
 * @param file - the JSON that the test runner's reporter wrote
 * @returns the cells in the order of the suite, and the titles of what failed or was skipped
 * @throws Error when the file is not such a report
 */
export function readResults(file: string): Results {
  const { testResults } = report.parse(JSON.parse(readFileSync(file, 'utf8')))
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  return {
    cells: tests.flatMap(({ meta }) => (meta?.cell === undefined ? [] : [meta.cell])),
    failed: tests.filter(({ status }) => status === 'failed').map(({ title }) => title),
    skipped: tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ title }) => title),
  }
}
