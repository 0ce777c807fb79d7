import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { dhtNetwork } from '../../src/lib/addresses/dht-network.ts'
import { groupTargets, type Target } from '../../src/lib/addresses/target.ts'
import { commonPrefixLength, distance, kadKey } from '../../src/lib/keys/kad-key.ts'
import { parsePeerId } from '../../src/lib/keys/peer-id.ts'
import { type NodeSpec, openNode, type RunningNode } from '../../src/lib/node/node.ts'
import type { OperationContext } from '../../src/lib/operations/context.ts'
import { closestPeers } from '../../src/lib/operations/dht/closest-peers.ts'
import { decodeKadMessage, kadTypes } from '../../src/lib/protocols/kad/message.ts'
import { writeVarint } from '../../src/lib/protocols/protobuf.ts'
import { memoryAsTcp } from './memory-as-tcp.ts'

/** The DHT of the bench. */
export const network = dhtNetwork('/bench/kad/1.0.0')
/** What every operation of the bench takes last. */
export const context: OperationContext = { signal: new AbortController().signal, timeoutMs: 30_000 }

/** Peers in a bucket, and in an answer (kad-dht spec, "System parameters"). */
const k = 20

/** What others know of a server. */
interface Contact {
  peer: string
  address: string
  place: Uint8Array
}

/** Opens a node of the node library that reaches only others of this process. */
export function openCheap(
  spec: NodeSpec = {},
  beforeStart?: (node: RunningNode) => Promise<void>,
): Promise<RunningNode> {
  const cheap = { transports: ['tcp' as const], security: ['plaintext' as const], muxers: ['yamux' as const] }
  const limits = { inboundPerSecond: 100_000, maxConnections: 100_000 }
  const options = { transports: { tcp: memoryAsTcp }, ...(beforeStart && { beforeStart }) }
  return openNode({ ...cheap, limits, services: [], ...spec }, options)
}

/**
 * A node that answers FIND_NODE from the k-buckets of Kademlia: a peer that answered it or asked it is put into its
 * bucket as long as there is room. What identify tells in a real network, the address of who asks, is known beforehand.
 */
export class DhtServer {
  static readonly #all = new Map<string, DhtServer>()
  readonly node: RunningNode
  readonly #self: Contact
  readonly #buckets = new Map<number, Contact[]>()

  private constructor(node: RunningNode) {
    const peer = node.peerId.toString()
    this.node = node
    this.#self = { peer, address: node.spec.listen[0] ?? '', place: kadKey(parsePeerId(peer).multihash) }
    DhtServer.#all.set(peer, this)
  }

  /** Opens a server on a port of its own. */
  static async open(port: number): Promise<DhtServer> {
    const { promise, resolve } = Promise.withResolvers<DhtServer>()
    await openCheap({ listen: [`/ip4/127.0.0.1/tcp/${port}`] }, async (node) => {
      const server = new DhtServer(node)
      const answer = (stream: Stream, { remotePeer }: { remotePeer: { toString(): string } }) =>
        server.#answer(stream, remotePeer.toString())
      await node.libp2p.handle(network.protocol, answer, { maxInboundStreams: 1000 })
      resolve(server)
    })
    return await promise
  }

  /** Its address, as a peer to begin with. */
  get target(): Target {
    const [target] = groupTargets([`${this.#self.address}/p2p/${this.#self.peer}`])
    if (target === undefined) throw new Error('every server has an address')
    return target
  }

  /** Joins by a lookup of its own ID that begins at another server; whoever answers and is asked learns of the other. */
  async join(introducer: DhtServer): Promise<void> {
    const key = { bytes: parsePeerId(this.#self.peer).multihash, text: this.#self.peer }
    const input = { network, bootstrap: [introducer.target], key, limit: k }
    const asked = closestPeers(this.node, input, {
      ...context,
      onRouting: ({ type, detail }) => {
        if (type === 'answered') this.#learn(detail.peer)
      },
    })
    for await (const _ of asked);
  }

  #learn(peer: string): void {
    const server = DhtServer.#all.get(peer)
    if (server === undefined || server === this) return
    const contact = server.#self
    const cpl = commonPrefixLength(distance(this.#self.place, contact.place))
    const bucket = this.#buckets.get(cpl) ?? []
    if (bucket.length < k && !bucket.includes(contact)) bucket.push(contact)
    this.#buckets.set(cpl, bucket)
  }

  async #answer(stream: Stream, from: string): Promise<void> {
    try {
      const messages = lpStream(stream)
      const { key = new Uint8Array() } = decodeKadMessage((await messages.read(context)).subarray())
      await messages.write(this.#closer(kadKey(key), from), context)
      await stream.close()
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
    this.#learn(from)
  }

  /** A message with the closest contacts (kad-dht spec, "RPC messages"). */
  #closer(place: Uint8Array, from: string): Uint8Array {
    const ranked = [...this.#buckets.values()]
      .flat()
      .filter(({ peer }) => peer !== from)
      .map((contact) => ({ contact, apart: distance(place, contact.place) }))
      .toSorted((a, b) => Buffer.compare(a.apart, b.apart))
    const named = ranked
      .slice(0, k)
      .map(({ contact: { peer, address } }) =>
        field(8, Buffer.concat([field(1, parsePeerId(peer).multihash), field(2, multiaddr(address).bytes)])),
      )
    return Buffer.concat([writeVarint(1 << 3), writeVarint(kadTypes.indexOf('FIND_NODE')), ...named])
  }
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([writeVarint((number << 3) | 2), writeVarint(bytes.length), bytes])
}
