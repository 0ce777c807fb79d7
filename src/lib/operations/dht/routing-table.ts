import type { Target } from '../../addresses/target.ts'
import { keyAtPrefix, longestPrefix, randomKey } from '../../keys/crafted-key.ts'
import { commonPrefixLength, kadKey } from '../../keys/kad-key.ts'
import { parsePeerId } from '../../keys/peer-id.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { BucketRecord, DhtSummaryRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import { conclude } from './conclude.ts'
import type { DhtInput } from './input.ts'
import { distanceOf, seedOf } from './known-peer.ts'
import { Lookup } from './lookup.ts'
import { Query } from './query.ts'

/**
 * Shows a routing table (kad-dht spec, "Kademlia routing table"): with `from` that of the server, as far as it tells;
 * otherwise the one that this node would begin with, of the peers that answer a lookup of its own ID.
 *
 * @param node - the node that asks
 * @param input - whom to ask
 * @param context - signal, and the time limit of the whole query
 * @returns the buckets that are not empty, the furthest first, then the summary
 * @throws ToolkitError `negative` when there are none, `timeout` at the deadline, or why the server stopped answering
 */
export async function* routingTable(
  node: RunningNode,
  input: DhtInput,
  context: OperationContext,
): AsyncGenerator<BucketRecord | DhtSummaryRecord> {
  await using query = new Query(node, input, context)
  const table = new Table()
  const { from } = input
  const whole = await (from === undefined ? lookSelfUp(query, table) : mapOut(query, from, table))
  yield* table.records()
  const { aborted } = query.signal
  const complete = table.isEmpty ? !aborted : whole
  yield* conclude(query, { found: !table.isEmpty, complete, otherwise: 'nobody named a peer' }, context)
  if (!whole && !aborted && query.statistics.worst !== undefined) throw query.statistics.worst
}

/** The peers that are in the buckets of their owner. */
class Table {
  readonly #buckets = new Map<number, Set<string>>()

  get isEmpty(): boolean {
    return this.#buckets.size === 0
  }

  /** Puts a peer in its bucket, and says which it is. */
  add(owner: Uint8Array, peer: string): number {
    const cpl = commonPrefixLength(distanceOf(owner, peer))
    this.#buckets.set(cpl, (this.#buckets.get(cpl) ?? new Set()).add(peer))
    return cpl
  }

  *records(): Generator<BucketRecord> {
    const buckets = [...this.#buckets].toSorted(([a], [b]) => a - b)
    for (const [cpl, peers] of buckets) yield { type: 'bucket', cpl, peers: [...peers] }
  }
}

async function lookSelfUp(query: Query, table: Table): Promise<boolean> {
  const { peerId } = query.node
  const key = peerId.toMultihash().bytes
  const lookup = new Lookup(query, { bytes: key, text: peerId.toString() })
  for await (const { peer } of lookup.answers({ type: 'FIND_NODE', key })) {
    if (peer.target.peer !== undefined) table.add(kadKey(key), peer.target.peer)
  }
  return lookup.exhausted
}

/**
 * Asks a server for keys that are ever closer to its own ID, so that each answer begins with the next bucket. All that
 * it knows at a prefix or beyond comes before what is further: an answer without any of it was the last.
 */
async function mapOut(query: Query, target: Target, table: Table): Promise<boolean> {
  const server = seedOf(target)
  const ask = async (key: Uint8Array) => (await query.ask(server, [{ type: 'FIND_NODE', key }])).message.closer
  try {
    // a server that is known by an address alone proves its ID by any answer
    if (server.target.peer === undefined) await ask(randomKey())
    const id = server.target.peer
    if (id === undefined) return false
    const owner = kadKey(parsePeerId(id).multihash)
    for (let cpl = 0; cpl <= longestPrefix; cpl++) {
      const others = (await ask(keyAtPrefix(owner, cpl))).filter(({ peer }) => peer !== id)
      const prefixes = others.map(({ peer }) => table.add(owner, peer))
      if (!prefixes.some((prefix) => prefix >= cpl)) break
    }
    return true
  } catch {
    // counted and shown; what it told before stands
    return false
  }
}
