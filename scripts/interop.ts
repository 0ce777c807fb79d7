/**
 * The CLI against peers of other implementations: `npm run test:interop`. Builds the peers, runs the suite
 * and writes docs/interop.md; with `--check` it is compared instead. Further arguments go to the test runner.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { interopDocument } from './interop/document.ts'
import { readResults } from './interop/results.ts'
import { root } from './lib/project.ts'

const page = `${root}docs/interop.md`
const report = `${root}.cache/interop/results.json`
const check = process.argv.includes('--check')
const filters = process.argv.slice(2).filter((argument) => argument !== '--check')

mkdirSync(`${root}.cache/interop`, { recursive: true })
const runner = ['run', '--config', 'vitest.interop.config.ts', '--reporter=default', '--reporter=json']
const { status } = spawnSync('vitest', [...runner, `--outputFile.json=${report}`, ...filters], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
})
if (status !== 0) process.exit(status ?? 1)

const { cells, failed, skipped } = readResults(report)
for (const title of skipped) console.log(`skipped: ${title}`)
if (filters.length > 0) console.log('docs/interop.md is left as it is: not every cell was run')
else if (skipped.length > 0) console.log(`docs/interop.md is left as it is: ${skipped.length} cells were skipped`)
else {
  const now = interopDocument(cells)
  if (!check) writeFileSync(page, now)
  else if (readFileSync(page, 'utf8') !== now) {
    console.error('docs/interop.md is not what this run came to: npm run test:interop')
    process.exitCode = 1
  }
}
console.log(`${cells.length} passed, ${failed.length} failed, ${skipped.length} skipped`)
