import { generateKeyPair, privateKeyToProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentKey } from '../../src/lib/keys/dht-key.ts'
import { commonPrefixLength, distance, kadKey } from '../../src/lib/keys/kad-key.ts'
import { parsePeerId } from '../../src/lib/keys/peer-id.ts'
import { only, run, scratchFile, shell } from '../support/cli.ts'
import { asking, dhtListeners, network } from '../support/dht.ts'
import type { Listener } from '../support/listener.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort } from '../support/servers.ts'

const dht = async (command: string, flags: string[], ...args: string[]) =>
  run(['dht', command, '--json', ...flags, ...args])
const ids = (records: Array<{ type: string; peer?: string | undefined }>) => records.flatMap(({ peer }) => peer ?? [])

describe('a private DHT of five listeners', () => {
  let servers: Listener[]
  let first: Listener
  let flags: string[]
  beforeAll(async () => {
    servers = await dhtListeners(5)
    first = servers[0] ?? expect.unreachable()
    flags = asking(first.tcp)
  })
  const peerIds = () => servers.map(({ peerId }) => peerId)

  it('says where each of its peers is', async () => {
    for (const { peerId, tcp } of servers) {
      const { code, records } = await dht('find-peer', flags, peerId)
      expect(code).toBe(0)
      expect(only(records, 'peer')).toEqual({ type: 'peer', peer: peerId, addresses: [tcp] })
      expect(records.at(-1)).toEqual({
        type: 'summary',
        queried: 1,
        succeeded: 1,
        failed: 0,
        hops: 0,
        complete: true,
        elapsedMs: expect.any(Number),
      })
    }
  })

  it('prints addresses alone in text, to be dialled', async () => {
    const peerId = servers[1]?.peerId ?? ''
    const script = 'p2p dht find-peer "$@" | xargs p2p ping -c 1 | head -1'
    const { stdout, stderr } = await shell(script, [...flags, peerId])
    expect(stdout).toContain(`pong from ${peerId}`)
    expect(stderr).toMatch(/^1 asked, 1 answered, 0 failed, 0 hops, [\d.]+ ms\n$/)
  })

  it('does not know a stranger: exit 1, when everybody was asked', async () => {
    const { code, records } = await dht('find-peer', flags, await strangerId())
    expect(code).toBe(1)
    expect(records[0]).toMatchObject({ type: 'summary', queried: 5, succeeded: 5, failed: 0, complete: true })
    expect(only(records, 'error').error).toMatchObject({ code: 'negative', layer: 'routing' })
  })

  it.each([
    ['any text', contentKey('any text').bytes],
    ['/v/key', Buffer.from('/v/key')],
    ['0x00ff', Buffer.from('00ff', 'hex')],
  ])('names the closest peers of %s, the closest first', async (text, bytes) => {
    const { code, records } = await dht('closest-peers', flags, text)
    expect(code).toBe(0)
    const place = kadKey(bytes)
    const expected = peerIds()
      .map((peer) => ({ peer, apart: distance(place, kadKey(parsePeerId(peer).multihash)) }))
      .toSorted((a, b) => Buffer.compare(a.apart, b.apart))
      .map(({ peer, apart }) => ({
        type: 'closest',
        peer,
        distance: Buffer.from(apart).toString('hex'),
        cpl: commonPrefixLength(apart),
        addresses: [servers.find(({ peerId }) => peerId === peer)?.tcp],
      }))
    expect(records.slice(0, -1)).toEqual(expected)
    const two = await dht('closest-peers', [...flags, '--limit', '2'], text)
    expect(two.records.slice(0, -1)).toEqual(expected.slice(0, 2))
  })

  it('keeps a value, byte for byte', async () => {
    const value = Buffer.from([0, 255, 10, 13, 27, 128, 0])
    const put = await run(['dht', 'put', '--json', ...flags, '/v/bytes', '-'], { input: value })
    expect(put.code).toBe(0)
    const stored = only(put.records, 'stored')
    expect({ ...stored, peers: stored.peers.toSorted() }).toEqual({
      type: 'stored',
      key: '/v/bytes',
      acknowledged: 5,
      peers: peerIds().toSorted(),
    })
    const got = await run(['dht', 'get', ...flags, '/v/bytes'])
    expect({ code: got.code, bytes: got.stdoutBytes }).toEqual({ code: 0, bytes: value })
    expect(got.stderr).toMatch(/^no validator has checked this value of \/v\/bytes\n\d asked, .*\n$/)
    for (const { tcp } of servers) {
      const { records } = await dht('get', ['--network', network, '--from', tcp], '0x2f762f6279746573')
      expect(only(records, 'value')).toMatchObject({ key: '0x2f762f6279746573', value: value.toString('base64') })
    }
  })

  it('gives text beside the bytes, says from whom, and that nothing validated it', async () => {
    expect((await dht('put', flags, '/v/text', 'some "text" \u{1b}[2J')).code).toBe(0)
    const { code, records } = await dht('get', [...flags, '--quorum', '3'], '/v/text')
    expect(code).toBe(0)
    const value = only(records, 'value')
    expect(value).toMatchObject({ text: 'some "text" \\u{1b}[2J', validated: false })
    expect(peerIds()).toContain(value.from)
    expect(only(records, 'summary')).toMatchObject({ complete: true, failed: 0 })
  })

  it('gives the value that there is when fewer have it than the quorum', async () => {
    const { tcp, peerId } = servers[3] ?? expect.unreachable()
    await dht('put', ['--network', network, '--from', tcp], '/v/rare', 'one')
    const { code, records } = await dht('get', [...flags, '--quorum', '2'], '/v/rare')
    expect(code).toBe(0)
    expect(only(records, 'value')).toMatchObject({ text: 'one', from: peerId })
    expect(only(records, 'summary')).toMatchObject({ queried: 5, hops: 1, complete: true })
  })

  it('has no value that nobody put, and stores none in a namespace that it does not keep: exit 1', async () => {
    expect((await dht('get', flags, '/v/nothing')).code).toBe(1)
    const { code, records } = await dht('put', flags, '/other/key', 'value')
    expect(code).toBe(1)
    expect(only(records, 'stored')).toMatchObject({ acknowledged: 0, peers: [] })
    expect(only(records, 'summary')).toMatchObject({ queried: 5, succeeded: 0, failed: 5 })
  })

  it('exits 1 when fewer peers stored a value than the quorum', async () => {
    const { code, records } = await dht('put', [...flags, '--quorum', '6'], '/v/quorum', 'value')
    expect(code).toBe(1)
    expect(only(records, 'stored').acknowledged).toBe(5)
  })

  it('keeps public keys that belong to their peer ID', async () => {
    const key = await generateKeyPair('RSA', 2048)
    const peer = peerIdFromPrivateKey(key).toString()
    const input = publicKeyToProtobuf(key.publicKey)
    const put = await run(['dht', 'put', '--json', ...flags, peer, '-'], { input })
    expect(put.code).toBe(0)
    const { code, records } = await dht('get', flags, `/pk/${peer}`)
    expect(code).toBe(0)
    expect(only(records, 'value')).toMatchObject({
      key: `/pk/${peer}`,
      value: Buffer.from(input).toString('base64'),
      validated: true,
    })
    const text = await run(['dht', 'get', ...flags, peer])
    expect(text.stderr).not.toContain('validator')
    const refused = await run(['dht', 'put', '--json', ...flags, await strangerId(), '-'], { input })
    expect(refused.code).toBe(2)
    expect(only(refused.records, 'error').error.message).toContain('/pk/')
  })

  it('keeps providers, and names them', async () => {
    const key = await generateKeyPair('Ed25519')
    const peer = peerIdFromPrivateKey(key).toString()
    const file = scratchFile(privateKeyToProtobuf(key), 'key')
    const announce = ['--announce', '/ip4/127.0.0.1/tcp/4001', '--announce', `/ip4/192.0.2.1/tcp/4001/p2p/${peer}`]
    const { code, records, stderr } = await dht('provide', [...flags, '--key', file, ...announce], 'some content')
    const cid = contentKey('some content').text
    expect({ code, stderr }).toEqual({ code: 0, stderr: `the key is ${cid}\n` })
    expect(only(records, 'stored')).toMatchObject({ key: cid, acknowledged: 5 })

    const found = await dht('find-providers', flags, cid)
    expect(found.code).toBe(0)
    const { addresses, ...provider } = only(found.records, 'provider')
    expect(provider).toEqual({ type: 'provider', peer })
    expect(addresses.toSorted()).toEqual(
      ['/ip4/127.0.0.1/tcp/4001', '/ip4/192.0.2.1/tcp/4001'].map((address) => `${address}/p2p/${peer}`),
    )
    expect(only(found.records, 'summary')).toMatchObject({ queried: 5, complete: true })
    const enough = await dht('find-providers', [...flags, '--limit', '1'], 'some content')
    expect(only(enough.records, 'summary').queried).toBeLessThanOrEqual(5)
    expect((await dht('find-providers', flags, 'no such content')).code).toBe(1)
  })

  it('asks a peer to begin with whether it is there, and serves the DHT', async () => {
    const other = ['--network', '/other/kad/1.0.0', '--bootstrap', first.tcp]
    const { code, records } = await dht('find-peer', other, first.peerId)
    expect(code).toBe(6)
    expect(only(records, 'summary')).toMatchObject({ queried: 1, failed: 1 })
    const gone = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${await strangerId()}`
    const absent = await dht('find-peer', asking(gone), gone.replace(/.*\//, ''))
    expect(absent.code).toBe(4)
    expect(absent.records.map(({ type }) => type)).toEqual(['summary', 'error'])
  })

  it('is asked once, and at one server, with --from', async () => {
    const { tcp } = servers[4] ?? expect.unreachable()
    const { code, records } = await dht('closest-peers', ['--network', network, '--from', tcp], 'any text')
    expect(code).toBe(0)
    expect(ids(records)).not.toContain(servers[4]?.peerId)
    expect(records.at(-1)).toMatchObject({ type: 'summary', queried: 1, succeeded: 1, hops: 0 })
  })

  it('answers pings of its own protocol, and only of that', async () => {
    const { code, records } = await dht('ping', ['--network', network], first.tcp)
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual(['pong', 'summary'])
    expect(only(records, 'pong')).toMatchObject({ peer: first.peerId, address: first.tcp, path: 'direct' })
    const other = await dht('ping', [], first.tcp)
    expect(other.code).toBe(6)
    expect(only(other.records, 'error').error).toMatchObject({ code: 'protocol', layer: 'protocol' })
  })

  it('is found from one good address of several', async () => {
    const gone = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${await strangerId()}`
    const { code, records } = await dht('closest-peers', asking(gone, first.tcp.replace(/\/p2p\/.*/, '')), 'x')
    expect(code).toBe(0)
    expect(ids(records).toSorted()).toEqual(peerIds().toSorted())
    expect(only(records, 'summary')).toMatchObject({ queried: 6, failed: 1, complete: true })
  })

  it('loses a server that is told to end, and no value', async () => {
    await dht('put', flags, '/v/lasting', 'value')
    const last = servers.at(-1) ?? expect.unreachable()
    expect((await last.stop()).code).toBe(0)
    const { code, records } = await dht('get', [...flags, '--quorum', '5'], '/v/lasting')
    expect(code).toBe(0)
    expect(only(records, 'value').text).toBe('value')
  })
})
