import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentWith, type Outcome, run } from '../lib/process.ts'
import { cli, project, root } from '../lib/project.ts'
import type { InstalledNode } from './install.ts'

/** What was tried under one Node.js. */
export interface Trial {
  name: string
  ok: boolean
  /** a few words for the table */
  result: string
  /** what it printed, where it failed */
  output?: string
}

/** Longest that the suite may take, in milliseconds. */
const suiteMs = 40 * 60_000

/**
 * Runs the CLI and the demo under one Node.js.
 *
 * @param node - the program
 * @param onDone - told each trial when it is over
 */
export async function tryCli(node: InstalledNode, onDone: (trial: Trial) => void): Promise<void> {
  const version = await under(node, [cli, '--version'])
  const said = version.stdout.trim()
  const right = said.startsWith(`${project.name}/${project.version} `) && said.endsWith(`node-v${node.version}`)
  onDone(trial('--version', version, right, said))

  // Node 22 runs TypeScript only when it is told to
  const types = node.version.startsWith('22.')
    ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
    : []
  const demo = await under(node, [...types, join(root, 'scripts/demo.ts')])
  onDone(trial('demo', demo, true, 'every transport'))
}

/**
 * Runs the test suite under one Node.js. All of its output is in the cache folder.
 *
 * @param node - the program
 * @returns the trial
 */
export async function trySuite(node: InstalledNode): Promise<Trial> {
  const suite = await under(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], suiteMs)
  await writeFile(join(root, '.cache/nodes', `${node.version}.log`), suite.output)
  return trial('tests', suite, true, testCount(suite.output))
}

/**
 * Runs the CLI under a Node.js that is too old: it has to say so in one line, and exit 7.
 *
 * @param node - the program
 * @returns the trial
 */
export async function tryGuard(node: InstalledNode): Promise<Trial> {
  const outcome = await under(node, [cli, 'ping', '/ip4/127.0.0.1/tcp/1'])
  const lines = outcome.stderr.trim().split('\n')
  const right = outcome.stdout === '' && lines.length === 1 && /22\.12/.test(lines[0] ?? '')
  return trial(
    'guard',
    { ...outcome, code: outcome.code === 7 ? 0 : outcome.code || 'exit 0' },
    right,
    'one line, exit 7',
  )
}

async function under(node: InstalledNode, args: string[], timeoutMs = 180_000): Promise<Outcome> {
  const env = { ...environmentWith(node.folder), NO_COLOR: '1' }
  return await run(node.path, args, { env, timeoutMs })
}

function trial(name: string, { code, output }: Outcome, right: boolean, result: string): Trial {
  if (code === 0 && right) return { name, ok: true, result }
  return { name, ok: false, result: `failed (${code})`, output }
}

function testCount(output: string): string {
  return /^\s*Tests\s+(.*)$/m.exec(output)?.[1] ?? 'passed'
}
