import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { cli } from '../lib/project.ts'

/** A `p2p listen` that is up. */
export interface Listener {
  peerId: string
  addresses: string[]
  /** ends it by SIGINT; says what is off when it does not end well */
  stop(): Promise<string | undefined>
}

/** How long Ctrl-C may take, in milliseconds. */
const stopWithinMs = 3000

/**
 * Starts `p2p listen --json --echo` on loopback.
 *
 * @param withinMs - how long it may take to say its addresses
 * @returns the listener
 * @throws Error when it does not come up
 */
export async function startListener(withinMs: number): Promise<Listener> {
  const child = spawn(process.execPath, [cli, 'listen', '--json', '--echo'], { stdio: ['ignore', 'pipe', 'pipe'] })
  process.once('exit', () => child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'close').then(() => undefined)
  const late = setTimeout(withinMs, undefined, { ref: false })
  const line = await Promise.race([once(lines, 'line').then(([text]) => String(text)), ended, late])
  const record: { type?: string; peerId?: string; addresses?: string[] } = line === undefined ? {} : JSON.parse(line)
  if (record.type !== 'listening' || record.peerId === undefined || record.addresses === undefined) {
    child.kill('SIGKILL')
    throw new Error(`p2p listen did not come up: ${line ?? 'nothing on stdout'}\n${stderr}`)
  }
  return { peerId: record.peerId, addresses: record.addresses, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<string | undefined> {
  if (child.exitCode !== null) return `it had ended before, with exit code ${child.exitCode}`
  child.kill('SIGINT')
  const ended = once(child, 'close').then(([code]) => Number(code))
  const code = await Promise.race([ended, setTimeout(stopWithinMs, undefined, { ref: false })])
  if (code === 0) return undefined
  child.kill('SIGKILL')
  return code === undefined
    ? `Ctrl-C did not end it within ${stopWithinMs} ms`
    : `Ctrl-C ended it with exit code ${code}`
}
