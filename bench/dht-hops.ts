/**
 * How far a lookup goes: `node bench/dht-hops.ts [SIZE …]`, 10, 100 and 1,000 nodes without sizes.
 *
 * Every node is one of the node library, in this process, over the memory transport, and answers FIND_NODE from
 * k-buckets of the bench's own: a thousand of libp2p's kad-dht are too much for one process. A network grows as real
 * ones do: each node joins by a lookup of its own ID that begins at a random earlier one, and is known to those that it
 * asked and to nobody else. Then clients that know one random node look up 100 random others, each from the beginning,
 * by the code of `p2p dht find-peer`. Hops are the referrals from the one node to who gave the answer, messages are
 * requests; a failure is a lookup that ends without an address.
 */

import type { OperationContext } from '../src/lib/operations/context.ts'
import { findPeer } from '../src/lib/operations/dht/find-peer.ts'
import { context, DhtServer, network, openCheap } from './dht/server.ts'

const lookups = 100
const sizes = process.argv.slice(2).map(Number)

/** What the lookups in one network came to. */
interface Measured {
  hops: number[]
  messages: number[]
  failures: number
}

let lastPort = 0
console.log(
  'over the memory transport; each node joined by a lookup of its own ID, and answers from k-buckets of the bench',
)
const heads = ['nodes', 'mean hops', 'max hops', 'log2(n)/2', 'mean messages', 'failures', 'joining', 'a lookup']
console.log(heads.join('  '))
for (const size of sizes.length > 0 ? sizes : [10, 100, 1000]) {
  const started = performance.now()
  const servers = await grow(size)
  const grown = performance.now()
  const { hops, messages, failures } = await measure(servers)
  const eachMs = (performance.now() - grown) / lookups
  const cells = [
    `${size}`,
    mean(hops).toFixed(2),
    `${Math.max(...hops)}`,
    (Math.log2(size) / 2).toFixed(2),
    mean(messages).toFixed(1),
    `${failures} of ${lookups}`,
    `${((grown - started) / 1000).toFixed(0)} s`,
    `${eachMs.toFixed(0)} ms`,
  ]
  console.log(cells.map((cell, index) => cell.padStart(heads[index]?.length ?? 0)).join('  '))
  await Promise.all(servers.map(({ node }) => node[Symbol.asyncDispose]()))
}
process.exit()

async function grow(size: number): Promise<DhtServer[]> {
  const servers: DhtServer[] = []
  while (servers.length < size) {
    const server = await DhtServer.open(++lastPort)
    if (servers.length > 0) await server.join(anyOf(servers))
    servers.push(server)
  }
  return servers
}

async function measure(servers: DhtServer[]): Promise<Measured> {
  const measured: Measured = { hops: [], messages: [], failures: 0 }
  for (let count = 0; count < lookups; count++) {
    await using client = await openCheap()
    const from = anyOf(servers)
    const sought = anyOf(servers.filter((server) => server !== from))
    const input = { network, bootstrap: [from.target], peer: sought.node.peerId.toString() }
    let messages = 0
    const onRouting: OperationContext['onRouting'] = ({ type }) => {
      if (type === 'asked') messages++
    }
    try {
      for await (const record of findPeer(client, input, { ...context, onRouting })) {
        if (record.type !== 'summary') continue
        measured.messages.push(messages)
        measured.hops.push(record.hops)
      }
    } catch {
      // its summary came before the failure
      measured.hops.pop()
      measured.failures++
    }
  }
  return measured
}

function anyOf<T>(list: T[]): T {
  const found = list[Math.floor(Math.random() * list.length)]
  if (found === undefined) throw new Error('a network has two nodes at least')
  return found
}

function mean(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
