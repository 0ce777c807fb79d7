import { type FloodSub, floodsub } from '@libp2p/floodsub'
import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { type Running, type RunOptions, start } from './cli.ts'
import { foreignPeer } from './peers.ts'
import { bytesField, freshSigner, numberField, type Signer, varint } from './signed-record.ts'

/** A command that takes part in pub/sub and that others can join, once it listens. */
export interface Joinable {
  running: Running
  peerId: string
  /** over TCP, with the peer ID */
  address: string
}

/** Starts a command that takes part in pub/sub (`sub`, `mesh`), and waits until it listens and has subscribed. */
export async function startJoinable(args: string[], options: RunOptions = {}): Promise<Joinable> {
  const running = start(['pubsub', ...args, '--json', '--transport', 'tcp'], options)
  const { peerId, addresses } = await running.record('listening')
  const [address = ''] = addresses
  if (args[0] === 'sub') await running.line(/^Subscribed, /, 'stderr')
  return { running, peerId, address }
}

/** The flags of a command that connects to these. */
export function joining(...peers: Array<{ address: string }>): string[] {
  return peers.flatMap(({ address }) => ['--bootstrap', address])
}

/** Waits until a `sub` has said that this many peers have announced its topic. */
export async function subscribed({ running }: Joinable, peers: number): Promise<void> {
  await running.line(new RegExp(`^Subscribed, ${peers} peers?$`), 'stderr')
}

/** A peer with libp2p's own floodsub and nothing of this toolkit. */
export async function floodsubPeer(): Promise<{ peer: Libp2p; router: FloodSub }> {
  const { promise, resolve } = Promise.withResolvers<FloodSub>()
  const peer = await foreignPeer({
    services: {
      identify: identify(),
      pubsub(components) {
        // not by ...rest: libp2p's components are a proxy
        const { peerId, privateKey, registrar, logger } = components
        const router = floodsub()({ peerId, privateKey, registrar, logger })
        resolve(router)
        return router
      },
    },
  })
  return { peer, router: await promise }
}

/** The parts of a message; each can be falsified. */
interface MessageParts {
  topic?: string
  data?: Uint8Array | string
  seqno?: bigint
  /** multihash of the author; the signer's when absent */
  from?: Uint8Array
  /** the signer's key when absent */
  key?: Uint8Array
  signature?: Uint8Array
}

let lastSeqno = 0n

/** A message as an RPC carries it (pubsub spec), signed by whom it says unless it is falsified. */
export function signedMessage(signer: Signer, parts: MessageParts = {}): Uint8Array {
  const { topic = 'news', data = 'hello', from = signer.multihash, key = signer.publicKey } = parts
  const seqno = Buffer.alloc(8)
  lastSeqno++
  seqno.writeBigUInt64BE(parts.seqno ?? lastSeqno)
  const fields = [bytesField(1, from), bytesField(2, data), bytesField(3, seqno), bytesField(4, topic)]
  const signature = parts.signature ?? signer.sign(Buffer.concat([Buffer.from('libp2p-pubsub:'), ...fields]))
  return Buffer.concat([...fields, bytesField(5, signature), bytesField(6, key)])
}

/** An RPC of these messages. */
export function publishing(...messages: Uint8Array[]): Uint8Array {
  return Buffer.concat(messages.map((message) => bytesField(2, message)))
}

/** An RPC that announces topics. */
export function announcing(...topics: string[]): Uint8Array {
  return Buffer.concat(topics.map((topic) => bytesField(1, Buffer.concat([numberField(1, 1), bytesField(2, topic)]))))
}

/** An RPC that announces topics no more. */
export function leaving(...topics: string[]): Uint8Array {
  return Buffer.concat(topics.map((topic) => bytesField(1, Buffer.concat([numberField(1, 0), bytesField(2, topic)]))))
}

/** An RPC as it goes over a stream. */
export function lengthPrefixed(rpc: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from(varint(rpc.length)), rpc])
}

/** A peer whose RPCs a test writes. */
interface RpcPeer {
  peer: Libp2p
  peerId: string
  signer: Signer
  /** sends an RPC */
  send(...rpcs: Uint8Array[]): void
  /** sends bytes as they are */
  sendRaw(bytes: Uint8Array): void
  stream: Stream
  /** what it is sent comes on this one */
  inbound: Promise<Stream>
}

/** Connects a peer whose RPCs a test writes; what it is sent it throws away, or leaves unread. */
export async function rpcPeer(address: string, reads = true): Promise<RpcPeer> {
  const protocol = '/meshsub/1.1.0'
  const peer = await foreignPeer({ services: { identify: identify() } })
  const { promise: inbound, resolve: onInbound } = Promise.withResolvers<Stream>()
  await peer.handle(protocol, (stream) => {
    if (reads) stream.addEventListener('message', () => {})
    else stream.pause()
    onInbound(stream)
  })
  const connection = await peer.dial(multiaddr(address))
  const stream = await connection.newStream(protocol)
  const sendRaw = (bytes: Uint8Array) => void stream.send(bytes)
  return {
    peer,
    peerId: peer.peerId.toString(),
    signer: freshSigner(),
    stream,
    inbound,
    sendRaw,
    send: (...rpcs) => {
      for (const rpc of rpcs) sendRaw(lengthPrefixed(rpc))
    },
  }
}
