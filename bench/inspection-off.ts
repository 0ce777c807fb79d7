/**
 * What the watchers of a node cost while nobody inspects: `node bench/inspection-off.ts [ROUNDS]`.
 *
 * A node of the node library, with the taps absent, and one that stock libp2p builds from the same
 * modules, take turns: each dials the same listener, has 32 MiB echoed on a stream, and closes. Printed are the medians, and the median of the ratios round by round; 1 is no difference.
 */

import type { Connection, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { groupTargets } from '../src/lib/addresses/target.ts'
import { Inspector } from '../src/lib/inspect/inspector.ts'
import { layers } from '../src/lib/inspect/layer.ts'
import { dialTarget, openNode, type RunningNode } from '../src/lib/node/node.ts'
import { answerEcho, echoProtocol } from '../src/lib/protocols/echo.ts'

const bytes = 32 * 1024 * 1024
const chunk = new Uint8Array(64 * 1024)
const rounds = Number(process.argv[2] ?? 31)
const signal = new AbortController().signal

/** How long one round's dial and transfer took, in milliseconds. */
interface Round {
  dialMs: number
  transferMs: number
}

const listener = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionMonitor: { enabled: false },
  connectionManager: { inboundConnectionThreshold: 10_000 },
})
await listener.handle(echoProtocol, answerEcho)
const [address] = listener.getMultiaddrs()
const [target] = groupTargets([String(address)])
if (address === undefined || target === undefined) throw new Error('the listener has no address')

const stock = await createLibp2p({
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionMonitor: { enabled: false },
})
const spec = { transports: ['tcp' as const], security: ['noise' as const], muxers: ['yamux' as const] }
const plain = await openNode(spec)
const inspected = await openNode(spec, { inspector: new Inspector(new Set(layers), () => {}) })

const contenders: Record<string, () => Promise<Connection>> = {
  stock: () => stock.dial(address),
  'not inspected': () => dialed(plain),
  inspected: () => dialed(inspected),
}
const names = Object.keys(contenders)
const results: Record<string, Round[]> = Object.fromEntries(names.map((name) => [name, []]))
for (let round = -2; round < rounds; round++) {
  // whoever comes first in a round has another heap: everybody does in turn
  names.push(...names.splice(0, 1))
  for (const name of names) {
    const measured = await measure(contenders[name] ?? neverThere)
    // the first rounds warm up
    if (round >= 0) results[name]?.push(measured)
  }
}
for (const key of ['dialMs', 'transferMs'] as const) {
  const base = results.stock ?? []
  for (const [name, list] of Object.entries(results)) {
    const ratios = list.map((round, index) => round[key] / (base[index]?.[key] ?? Number.NaN))
    const ms = median(list.map((round) => round[key])).toFixed(2)
    console.log(`${key.padEnd(10)}  ${name.padEnd(13)}  ${ms.padStart(8)} ms  ${median(ratios).toFixed(3)} of stock`)
  }
}
process.exit()

async function neverThere(): Promise<Connection> {
  throw new Error('no such contender')
}

async function dialed(node: RunningNode): Promise<Connection> {
  if (target === undefined) throw new Error('no target')
  return (await dialTarget(node, target, { signal, timeoutMs: 0 })).connection
}

async function measure(dial: () => Promise<Connection>): Promise<Round> {
  const started = performance.now()
  const connection = await dial()
  const open = performance.now()
  const stream = await connection.newStream(echoProtocol)
  await transfer(stream)
  const ended = performance.now()
  await connection.close()
  return { dialMs: open - started, transferMs: ended - open }
}

async function transfer(stream: Stream): Promise<void> {
  let received = 0
  const answered = new Promise<void>((resolve) => {
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
      if (received === bytes) resolve()
    })
  })
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (!stream.send(chunk)) await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
  }
  await answered
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
