/**
 * What `p2p pubsub pub` and `sub` carry: `node bench/pubsub.ts [RATE [SECONDS [ONE-SHOTS]]]`, 5,000 messages a second
 * for 20 seconds, and then 100 single ones, without arguments.
 *
 * Both are processes of the built CLI over TCP on loopback, and `sub` writes JSON into a file, so that counting takes
 * nothing from them. Messages of 64 bytes are fed to `pub -` at an even rate, as far as it takes them. Printed are the
 * rate that was reached, what was lost or doubled, and the greatest memory of `sub` (VmHWM, Linux alone). It exits 1 where
 * anything was lost or doubled.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const [rate = 5000, seconds = 20, oneShots = 100] = process.argv.slice(2).map(Number)
const cli = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'p2p-bench-'))
let files = 0
let faults = 0

/** A `sub` that writes its messages to a file. */
interface Subscriber {
  child: ChildProcess
  address: string
  /** waits until it has ended, and gives the texts that it printed, in their order */
  texts(): Promise<string[]>
}

try {
  await stream()
  if (oneShots > 0) await singles()
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = faults === 0 ? 0 : 1

async function stream(): Promise<void> {
  const sent = rate * seconds
  const sub = await subscriber(sent)
  const pub = spawn(process.execPath, [cli, 'pubsub', 'pub', '--quiet', '--bootstrap', sub.address, 'bench', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  // the first one waits until both are connected
  pub.stdin.write(`${text(0)}\n`)
  await setTimeout(2000)
  const startedAt = performance.now()
  for (let next = 1; next < sent; ) {
    const due = Math.min(sent, Math.ceil(((performance.now() - startedAt) * rate) / 1000))
    if (due <= next) {
      await setTimeout(1)
      continue
    }
    const lines = Array.from({ length: due - next }, (_, index) => `${text(next + index)}\n`)
    next = due
    if (!pub.stdin.write(lines.join(''))) await once(pub.stdin, 'drain')
  }
  const memory = await mostMemory(sub.child)
  pub.stdin.end()
  const texts = await sub.texts()
  const elapsed = (performance.now() - startedAt) / 1000
  const found = new Set(texts)
  faults += sent - found.size + texts.length - found.size
  console.log(
    `${sent} messages, ${rate} a second wanted, ${(sent / elapsed).toFixed(0)} reached;`,
    `${sent - found.size} lost, ${texts.length - found.size} doubled; sub took ${memory}`,
  )
}

async function singles(): Promise<void> {
  const sub = await subscriber(oneShots)
  for (let index = 0; index < oneShots; index++) {
    const args = ['pubsub', 'pub', '--quiet', '--bootstrap', sub.address, 'bench', text(index)]
    const [code] = await once(
      spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'ignore', 'inherit'] }),
      'exit',
    )
    if (code === 0) continue
    faults++
    console.log(`one-shot ${index} ended in ${code}`)
  }
  const texts = await sub.texts()
  const found = new Set(texts)
  faults += oneShots - found.size + texts.length - found.size
  console.log(`${oneShots} one-shot publishers: ${oneShots - found.size} lost, ${texts.length - found.size} doubled`)
}

/** Starts a `sub` that ends with this many messages, or when that takes far too long. */
async function subscriber(count: number): Promise<Subscriber> {
  const path = join(folder, `${files++}.json`)
  const child = spawn(
    process.execPath,
    [cli, 'pubsub', 'sub', '--json', '--transport', 'tcp', '-n', `${count}`, '--for', '5m', 'bench'],
    {
      stdio: ['ignore', openSync(path, 'w'), 'pipe'],
    },
  )
  for await (const line of createInterface({ input: readable(child.stderr) })) if (line.startsWith('Subscribed')) break
  const [first = ''] = (await readFile(path, 'utf8')).split('\n')
  const listening: { addresses: string[] } = JSON.parse(first)
  const ended = once(child, 'exit')
  return {
    child,
    address: listening.addresses[0] ?? '',
    texts: async () => {
      await ended
      const texts: string[] = []
      for await (const line of createInterface({ input: createReadStream(path) })) {
        const record: { type: string; text?: string } = JSON.parse(line)
        if (record.type === 'message') texts.push(record.text ?? '')
      }
      return texts
    },
  }
}

function readable(stream: Readable | null): Readable {
  if (stream === null) throw new Error('stderr is a pipe')
  return stream
}

function text(index: number): string {
  return `message ${index} `.padEnd(64, '.')
}

async function mostMemory({ pid }: ChildProcess): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  return kilobytes === undefined ? 'an unknown amount of memory' : `${Math.round(Number(kilobytes) / 1024)} MiB`
}
