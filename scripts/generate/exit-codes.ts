import { exitCodes } from '../../src/lib/errors/exit-codes.ts'
import { type Generated, readIfThere } from './generated.ts'

const path = 'docs/exit-codes.md'
const begin = '<!-- begin: generated from src/lib/errors/exit-codes.ts -->'
const end = '<!-- end -->'

/**
 * Puts the table of exit codes between its two marks; the text around it is written by hand.
 *
 * @returns docs/exit-codes.md
 */
export async function exitCodeDocs(): Promise<Generated> {
  const rows = Object.entries(exitCodes).map(
    ([name, { exitCode, meaning }]) => `| ${exitCode} | \`${name}\` | ${meaning} |`,
  )
  const table = ['| code | name | meaning |', '|---|---|---|', ...rows].join('\n')
  const page = (await readIfThere(path)) ?? `# Exit codes\n\n${begin}\n${end}\n`
  const [before, rest] = cut(page, begin)
  const [, after] = cut(rest, end)
  return { files: new Map([[path, `${before}${begin}\n${table}\n${end}${after}`]]) }
}

function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  if (at === -1) throw new Error(`${path} has lost the mark ${mark}`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}
