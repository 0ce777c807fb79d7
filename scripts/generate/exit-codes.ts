import { exitCodes } from '../../src/lib/errors/exit-codes.ts'
import type { Generated } from './generated.ts'
import { markedPart } from './marked.ts'

/**
 * Puts the table of exit codes into its page.
 *
 * @returns docs/exit-codes.md
 */
export async function exitCodeDocs(): Promise<Generated> {
  const rows = Object.entries(exitCodes).map(
    ([name, { exitCode, meaning }]) => `| ${exitCode} | \`${name}\` | ${meaning} |`,
  )
  const table = ['| code | name | meaning |', '|---|---|---|', ...rows].join('\n')
  return await markedPart('docs/exit-codes.md', 'src/lib/errors/exit-codes.ts', table)
}
