import { randomBytes } from 'node:crypto'
import { generateKeyPair, privateKeyToProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'vitest'
import { contentKey, recordKey } from '../../src/lib/keys/dht-key.ts'
import { only, run, scratchFile } from '../support/cli.ts'
import { kadMessage, kadRecord } from '../support/dht.ts'
import { strangerId } from '../support/peer.ts'
import { bytesField, varint } from '../support/signed-record.ts'
import type { Implementation } from './build.ts'
import { cell } from './cell.ts'
import { ipnsPublished, ipnsResolved, olderIpnsRefused } from './ipns.ts'
import { MixedDht, type Server } from './mixed-dht.ts'

/** Named by its protocol ID, a network keeps private addresses. */
const amino = '/ipfs/kad/1.0.0'
const ownNetwork = '/test/kad/1.0.0'

/** Something that is put under a key. */
interface Entry {
  /** as an argument of ours */
  key: string
  value: Uint8Array
}

async function anyValue(): Promise<Entry> {
  return { key: `/v/${randomBytes(8).toString('hex')}`, value: randomBytes(1000) }
}

async function publicKey(): Promise<Entry> {
  const pair = await generateKeyPair('RSA', 2048)
  return { key: `/pk/${peerIdFromPrivateKey(pair)}`, value: publicKeyToProtobuf(pair.publicKey) }
}

/**
 * The DHT of one implementation: what is put, provided and found by way of a server of theirs, and of ours.
 *
 * @param implementation - which
 */
export function dht(implementation: Implementation): void {
  type Body = (dht: MixedDht, server: Server) => Promise<void>
  const row = (name: string, body: Body, { network = amino, columns = ['their server', 'our server'] } = {}) => {
    for (const column of columns) {
      cell({ implementation, group: 'DHT', row: name, column }, async (start) => {
        const dht = new MixedDht(start, network)
        await body(dht, column === 'our server' ? await dht.our([]) : await dht.their('server', []))
      })
    }
  }
  for (const [name, make] of Object.entries({ value: anyValue, 'public key': publicKey })) {
    row(`${name}, put by us, got by them`, async (dht, server) => ourPut(dht, server.address, await make()))
    row(`${name}, put by them, got by us`, async (dht, server) => theirPut(dht, server.address, await make()))
  }
  row('invalid public key, refused', (_, { address }) => invalidKey(address), { columns: ['their server'] })
  row('IPNS name, published by us, read by them', (dht, { address }) => ipnsPublished(dht, address))
  row('IPNS name, published by them, resolved by us', (dht, { address }) => ipnsResolved(dht, address))
  row('IPNS record older than the one there, refused', olderIpnsRefused)
  row('provided by us, found by them', (dht, { address }) => ourProvide(dht, address))
  row('provided by them, found by us', (dht, { address }) => theirProvide(dht, address))
  row('peer of theirs, found by us', (dht, { address }) => findTheirs(dht, address))
  row('peer of ours, found by them', (dht, { address }) => findOurs(dht, address))
  row('the same closest peers', (dht, { address }) => sameClosest(dht, address))
  row('ping of a server, and of a client', (dht, { address }) => ping(dht, address), { columns: ['their server'] })
  const ofItsOwn = async (dht: MixedDht, { address }: Server) => {
    await ourPut(dht, address, { key: '/v/key', value: Buffer.from('value') })
  }
  row(`protocol ID of its own, ${ownNetwork}`, ofItsOwn, { network: ownNetwork })
}

async function ourPut(dht: MixedDht, server: string, { key, value }: Entry): Promise<void> {
  const put = await dht.answered('dht put', server, [key, '-'], value)
  expect(only(put.records, 'stored').acknowledged).toBe(1)
  const client = await dht.their('client', [server], [])
  const got = await client.do('dht-get', { key: base64(recordKey(key).bytes) })
  expect(got.value).toBe(base64(value))
}

async function theirPut(dht: MixedDht, server: string, { key, value }: Entry): Promise<void> {
  const client = await dht.their('client', [server], [])
  await client.do('dht-put', { key: base64(recordKey(key).bytes), value: base64(value) })
  const got = await dht.answered('dht get', server, [key])
  expect(only(got.records, 'value')).toMatchObject({ value: base64(value), validated: !key.startsWith('/v/') })
}

/** Our own `put` would not send it: the message goes by `dial`. */
async function invalidKey(server: string): Promise<void> {
  const { key, value } = await publicKey()
  const store = async (text: string) => {
    const { bytes } = recordKey(text)
    const message = kadMessage('PUT_VALUE', bytesField(2, bytes), kadRecord(bytes, value))
    const input = Buffer.concat([Uint8Array.from(varint(message.length)), message])
    return await run(['dial', '--protocol', amino, server], { input, raw: true })
  }
  const stored = await store(key)
  if (stored.stdoutBytes.length === 0) throw new Error(`a valid one was refused: ${stored.stderr}`)
  const stranger = `/pk/${await strangerId()}`
  expect((await store(stranger)).stdoutBytes).toHaveLength(0)
  const got = await run(['dht', 'get', '--json', '--network', amino, '--from', server, stranger])
  expect(got.code, got.stdout).toBe(1)
}

async function ourProvide(dht: MixedDht, server: string): Promise<void> {
  const { text, peerId, file } = await provider()
  const flags = ['--key', file, '--announce', '/ip4/127.0.0.1/tcp/4001']
  const provided = await dht.answered('dht provide', server, [...flags, text])
  expect(only(provided.records, 'stored').acknowledged).toBe(1)
  const client = await dht.their('client', [server], [])
  const { providers } = await client.do('dht-find-providers', { cid: text })
  expect(providers).toEqual([{ peer: peerId, addresses: ['/ip4/127.0.0.1/tcp/4001'] }])
}

async function theirProvide(dht: MixedDht, server: string): Promise<void> {
  const { text } = await provider()
  const client = await dht.their('client', [server])
  await client.do('dht-provide', { cid: text })
  const found = await dht.answered('dht find-providers', server, [text])
  expect(only(found.records, 'provider')).toMatchObject({ peer: client.peerId, addresses: client.addresses })
}

async function provider(): Promise<{ text: string; peerId: string; file: string }> {
  const pair = await generateKeyPair('Ed25519')
  const file = scratchFile(privateKeyToProtobuf(pair), 'key')
  const { text } = contentKey(randomBytes(8).toString('hex'))
  return { text, peerId: peerIdFromPrivateKey(pair).toString(), file }
}

async function findTheirs(dht: MixedDht, server: string): Promise<void> {
  const target = await dht.their('server', [server])
  await dht.formed(server, 2)
  const found = await dht.answered('dht find-peer', server, [target.peerId])
  expect(only(found.records, 'peer')).toMatchObject({ peer: target.peerId, addresses: target.addresses })
}

async function findOurs(dht: MixedDht, server: string): Promise<void> {
  const target = await dht.our([server])
  await dht.formed(server, 2)
  const client = await dht.their('client', [server], [])
  const { peer, addresses } = await client.do('dht-find-peer', { peer: target.peerId })
  expect({ peer, addresses: addresses.map((address) => address.replace(/\/p2p\/.*/, '')) }).toEqual({
    peer: target.peerId,
    addresses: [target.address.replace(/\/p2p\/.*/, '')],
  })
}

async function sameClosest(dht: MixedDht, server: string): Promise<void> {
  await Promise.all([
    dht.our([server]),
    dht.our([server]),
    dht.their('server', [server]),
    dht.their('server', [server]),
  ])
  await dht.formed(server, 5)
  const client = await dht.their('client', [server], [])
  const { text, bytes } = contentKey(randomBytes(8).toString('hex'))
  const ours = await dht.answered('dht closest-peers', server, [text])
  const theirs = await client.do('dht-closest-peers', { key: base64(bytes) })
  expect(ours.records.flatMap((record) => (record.type === 'closest' ? record.peer : []))).toEqual(theirs.peers)
  expect(theirs.peers).toHaveLength(5)
}

async function ping(dht: MixedDht, server: string): Promise<void> {
  const pinged = await run(['dht', 'ping', '--json', '--network', amino, server])
  expect(pinged.code, pinged.stdout).toBe(0)
  const client = await dht.their('client', [server])
  const refused = await run(['dht', 'ping', '--json', '--network', amino, client.address])
  expect(refused.code, refused.stdout).toBe(6)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
