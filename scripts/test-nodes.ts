/**
 * The CLI, the demo and the suite under every Node.js that is supported, and the guard under one that
 * is not: `npm run test:nodes`, or with some of the versions as arguments. `--cli` leaves the suite out.
 */
import { styleText } from 'node:util'
import { run } from './lib/process.ts'
import { failureOf } from './lib/steps.ts'
import { table } from './lib/table.ts'
import { installNode } from './nodes/install.ts'
import { type Trial, tryCli, tryGuard, trySuite } from './nodes/trials.ts'

/** The oldest that is supported, and the newest of each line. */
const supported = ['22.12.0', '22', '24', '26']
/** Between two others that run the suite, the CLI and the demo are enough. */
const withoutSuite = '22'
const tooOld = '20'

const cliOnly = process.argv.includes('--cli')
const asked = process.argv.slice(2).filter((argument) => argument !== '--cli')
const ranges = [...supported, tooOld].filter((range) => asked.length === 0 || asked.includes(range))
const unknown = asked.filter((range) => !ranges.includes(range))
if (unknown.length > 0) throw new Error(`not one of ${[...supported, tooOld].join(', ')}: ${unknown.join(', ')}`)

const built = failureOf(await run('npm', ['run', '--silent', 'build']))
if (built !== undefined) throw new Error(built)

const rows: string[][] = []
let passed = 0
let failed = 0

for (const range of ranges) {
  const started = performance.now()
  const results: Record<string, string> = {}
  const note = ({ name, ok, result, output }: Trial) => {
    results[name] = result
    if (ok) passed++
    else failed++
    console.log(
      `${ok ? styleText('green', '✓') : styleText('red', '✗')} node ${range}: ${name} ${styleText('dim', result)}`,
    )
    if (output !== undefined) console.log(output.trim().replaceAll(/^/gm, '    '))
  }
  let version = '-'
  try {
    const node = await installNode(range)
    version = node.version
    if (range === tooOld) note(await tryGuard(node))
    else {
      await tryCli(node, note)
      if (range !== withoutSuite && !cliOnly) note(await trySuite(node))
    }
  } catch (error) {
    note({
      name: 'fetched',
      ok: false,
      result: 'failed',
      output: error instanceof Error ? error.message : String(error),
    })
  }
  const seconds = `${((performance.now() - started) / 1000).toFixed(0)} s`
  const said =
    results['--version'] === undefined || results['--version'].startsWith('failed') ? results['--version'] : 'ok'
  rows.push([
    range,
    results.fetched ?? version,
    said ?? '-',
    results.demo ?? '-',
    results.tests ?? '-',
    results.guard ?? '-',
    seconds,
  ])
}

console.log(`\n${table(['asked for', 'node', '--version', 'demo', 'tests', 'guard', 'time'], rows)}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
