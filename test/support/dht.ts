import { identify } from '@libp2p/identify'
import { type Libp2p, type Stream, serviceCapabilities } from '@libp2p/interface'
import { type KadDHT, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { parsePeerId } from '../../src/lib/keys/peer-id.ts'
import { decodeKadMessage, type KadMessage, type KadType, kadTypes } from '../../src/lib/protocols/kad/message.ts'
import { run } from './cli.ts'
import { type Listener, startListener } from './listener.ts'
import { addressOf, foreignPeer, peerAnswering } from './peers.ts'
import { bytesField, numberField } from './signed-record.ts'

/** The DHT of the tests; it keeps whatever is put under `/v/`. */
export const network = '/test/kad/1.0.0'

/** A peer that serves the DHT by libp2p's own kad-dht and nothing of this toolkit. */
export interface StockServer {
  peer: Libp2p
  dht: KadDHT
  address: string
}

async function stockServer(): Promise<StockServer> {
  // kad-dht asks for a ping, to throw out contacts that are gone: none goes here
  const ping = { [serviceCapabilities]: ['@libp2p/ping'], ping: async () => 1 }
  const { promise, resolve } = Promise.withResolvers<KadDHT>()
  const init = {
    protocol: network,
    clientMode: false,
    peerInfoMapper: passthroughMapper,
    allowQueryWithZeroPeers: true,
    validators: { v: () => {} },
    selectors: { v: () => 0 },
  }
  const peer = await foreignPeer({
    services: {
      identify: identify(),
      ping: () => ping,
      dht: (components) => {
        // not by ...rest: libp2p's components are a proxy
        const { peerId, privateKey, registrar, addressManager, connectionManager } = components
        const { peerStore, datastore, events, logger } = components
        const stores = { peerStore, datastore, events, logger, ping }
        const dht = kadDHT(init)({ peerId, privateKey, registrar, addressManager, connectionManager, ...stores })
        resolve(dht)
        return dht
      },
    },
  })
  return { peer, dht: await promise, address: addressOf(peer) }
}

/** Starts servers of the DHT, all of them joined to the first, and waits until that one knows them all. */
export async function stockServers(count: number): Promise<StockServer[]> {
  const [first, ...others] = await Promise.all(Array.from({ length: count }, stockServer))
  if (first === undefined) return []
  await Promise.all(others.map(({ peer }) => peer.dial(multiaddr(first.address))))
  await formed(first.address, count)
  return [first, ...others]
}

/** Starts `p2p listen --dht server` several times, all of them joined to the first, and waits until that one knows them all. */
export async function dhtListeners(count: number): Promise<Listener[]> {
  const flags = servingFlags()
  const first = await startListener(flags)
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () => startListener([...flags, '--bootstrap', first.tcp])),
  )
  await formed(first.tcp, count)
  return [first, ...others]
}

/** The flags of a server of a DHT, which keeps whatever is put into one namespace. */
export function servingFlags(protocol = network, namespace = 'v'): string[] {
  return ['--transport', 'tcp', '--dht', 'server', '--network', protocol, '--validator', `${namespace}=none`]
}

/** Waits until everybody is found by way of a server. */
export async function formed(address: string, count: number, protocol = network): Promise<void> {
  for (;;) {
    const flags = ['--json', '--network', protocol, '--bootstrap', address]
    const { records } = await run(['dht', 'closest-peers', ...flags, 'anything'])
    if (records.filter(({ type }) => type === 'closest').length === count) return
  }
}

/** The flags of a query that begins with these peers. */
export function asking(...addresses: string[]): string[] {
  return ['--network', network, ...addresses.flatMap((address) => ['--bootstrap', address])]
}

/** Answers a request: by the bytes of a message, or by nothing. */
export type AnswerKad = (request: KadMessage, stream: Stream) => Uint8Array | undefined

/** A server of the DHT whose answers a test writes. */
export interface KadServer {
  address: string
  peerId: string
  /** types of the requests so far */
  requests: Array<KadType | undefined>
}

/** Starts a server of the DHT that a test answers for: it may lie. */
export async function kadServer(answer: AnswerKad, protocol = network): Promise<KadServer> {
  const requests: Array<KadType | undefined> = []
  const { peer, address } = await peerAnswering(protocol, async (stream: Stream) => {
    const messages = lpStream(stream)
    try {
      for (;;) {
        const request = decodeKadMessage((await messages.read()).subarray())
        requests.push(request.type)
        const message = answer(request, stream)
        if (message !== undefined) await messages.write(message)
      }
    } catch {
      // the other side has ended the stream, or this one has
    }
  })
  return { address, peerId: peer.peerId.toString(), requests }
}

/** A message of the DHT. */
export function kadMessage(type: KadType | undefined, ...fields: Uint8Array[]): Uint8Array {
  return Buffer.concat([numberField(1, kadTypes.indexOf(type ?? 'PING')), ...fields])
}

/** A peer that a message names: field 8 is a closer one, 9 a provider. */
export function kadPeer(field: 8 | 9, peer: string, ...addresses: string[]): Uint8Array {
  const parts = addresses.map((text) => bytesField(2, multiaddr(text.replace(/\/p2p\/[^/]+$/, '')).bytes))
  return bytesField(field, Buffer.concat([bytesField(1, parsePeerId(peer).multihash), ...parts]))
}

/** A server as a closer peer. */
export function closer({ peerId, address }: KadServer, at = address): Uint8Array {
  return kadPeer(8, peerId, at)
}

/** The record of a key. */
export function kadRecord(key: Uint8Array | string, value: Uint8Array | string): Uint8Array {
  return bytesField(3, Buffer.concat([bytesField(1, key), bytesField(2, value)]))
}
