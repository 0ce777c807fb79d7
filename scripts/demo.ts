/**
 * The tool's main job on real input: a listener on loopback, reached over each transport by commands
 * in processes of their own. Prints what every layer agreed on; exits 1 when anything is off.
 */
import { existsSync } from 'node:fs'
import { styleText } from 'node:util'
import { judge, transportIn, transportWords } from './demo/judge.ts'
import { startListener } from './demo/listener.ts'
import { type Visit, visit } from './demo/visit.ts'
import { run } from './lib/process.ts'
import { project, root } from './lib/project.ts'
import { failureOf } from './lib/steps.ts'
import { table } from './lib/table.ts'

/** Longest that all of it may take, in milliseconds. */
const wholeMs = 120_000

const problems: string[] = []
let passed = 0

setTimeout(() => {
  console.error(`the demo did not end within ${wholeMs / 1000} s`)
  process.exit(1)
}, wholeMs).unref()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

if (!existsSync(`${root}dist`)) {
  const failure = failureOf(await run('npm', ['run', '--silent', 'build']))
  if (failure !== undefined) throw new Error(failure)
}

console.log(`${styleText('bold', 'p2p demo')}  ${project.name} ${project.version} on Node ${process.versions.node}\n`)
console.log(command('p2p listen --json --echo'))
const listener = await startListener(20_000)
console.log(`  ${listener.peerId}`)
for (const address of listener.addresses) {
  console.log(`  ${address.replace(/\/p2p\/.*/, '')}${styleText('dim', '/p2p/…')}`)
}
const found = new Set(listener.addresses.map(transportIn))
for (const word of transportWords) if (!found.has(word)) problems.push(`it does not listen over ${word}`)

console.log(`\n${styleText('dim', 'to each address, every command a process of its own')}`)
console.log(command('p2p dial --json ADDR'))
console.log(command('p2p identify --json ADDR'))
console.log(command('p2p ping --count 3 --json ADDR'))
console.log(`${command('p2p dial --protocol /echo/1.0.0 ADDR')} ${styleText('dim', '< greeting')}\n`)

const visits: Visit[] = []
try {
  for (const address of listener.addresses) {
    const seen = await visit(address)
    const judgement = judge(seen, listener.peerId)
    visits.push(seen)
    passed += judgement.passed
    problems.push(...judgement.problems)
  }
} finally {
  const stopped = await listener.stop()
  if (stopped !== undefined) problems.push(`the listener: ${stopped}`)
}

const head = ['transport', 'security', 'muxer', 'early', 'dialed in', 'agent', 'pongs', 'min / avg / max']
console.log(`${table(head, visits.map(row))}\n`)
if (problems.length === 0) {
  console.log(
    `${styleText('green', '✓')} ${passed} facts checked over ${visits.length} transports, and Ctrl-C ended the listener`,
  )
} else {
  console.log(problems.map((problem) => `${styleText('red', '✗')} ${problem}`).join('\n'))
  console.log(`${passed} facts hold, ${problems.length} things are off`)
}
process.exit(problems.length === 0 ? 0 : 1)

function row({ dialed, identity, summary, pongs }: Visit): string[] {
  const times = [summary.minMs, summary.avgMs, summary.maxMs].map((ms) => milliseconds(ms)).join(' / ')
  return [
    word(dialed.transport),
    word(dialed.security),
    word(dialed.muxer),
    dialed.earlyMuxer === true ? 'yes' : 'no',
    `${milliseconds(dialed.totalMs)} ms`,
    word(identity.agentVersion),
    `${pongs.length} of 3`,
    `${times} ms`,
  ]
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '-'
}

function milliseconds(value: unknown): string {
  return typeof value === 'number' ? value.toFixed(value < 10 ? 2 : 0) : '-'
}

function command(text: string): string {
  return `${styleText('dim', '$')} ${styleText('cyan', text)}`
}
