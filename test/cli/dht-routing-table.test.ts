import { beforeAll, describe, expect, it } from 'vitest'
import { commonPrefixLength, distance, kadKey } from '../../src/lib/keys/kad-key.ts'
import { parsePeerId } from '../../src/lib/keys/peer-id.ts'
import { only, run, start } from '../support/cli.ts'
import { asking, type KadServer, kadMessage, kadPeer, kadServer, network, stockServers } from '../support/dht.ts'
import { refusedPort } from '../support/servers.ts'
import { freshSigner } from '../support/signed-record.ts'

const placeOf = (peer: string) => kadKey(parsePeerId(peer).multihash)
const cplOf = (owner: string, peer: string) => commonPrefixLength(distance(placeOf(owner), placeOf(peer)))
const tableOf = async (address: string, ...flags: string[]) =>
  run(['dht', 'routing-table', '--json', '--network', network, '--from', address, ...flags])

/** The buckets in which some peers are, as records. */
function bucketsOf(owner: string, peers: string[]) {
  const buckets = Map.groupBy(peers, (peer) => cplOf(owner, peer))
  return [...buckets]
    .toSorted(([a], [b]) => a - b)
    .map(([cpl, some]) => ({ type: 'bucket', cpl, peers: some.toSorted() }))
}

/** A server that answers from a table as the spec says: the 20 closest to the key. */
async function honestServer(known: string[], port: number): Promise<KadServer> {
  return kadServer(({ type, key = new Uint8Array() }) => {
    const place = kadKey(key)
    const closest = known.toSorted((a, b) => Buffer.compare(distance(place, placeOf(a)), distance(place, placeOf(b))))
    return kadMessage(type, ...closest.slice(0, 20).map((peer) => kadPeer(8, peer, `/ip4/127.0.0.1/tcp/${port}`)))
  })
}

const sorted = (records: Array<{ type: string; peers?: unknown }>) =>
  records.map((record) => (Array.isArray(record.peers) ? { ...record, peers: record.peers.toSorted() } : record))

describe('dht routing-table --from', () => {
  let known: string[]
  let server: KadServer
  beforeAll(async () => {
    known = Array.from({ length: 300 }, () => freshSigner().peerId)
    server = await honestServer(known, await refusedPort())
  })

  it('maps out every bucket of one server, 20 peers of each, and asks nobody else', async () => {
    const expected = bucketsOf(server.peerId, known)
    for (const address of [server.address, server.address.replace(/\/p2p\/.*/, '')]) {
      const asked = server.requests.length
      const { code, records, stderr } = await tableOf(address)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const buckets = records.filter((record) => record.type === 'bucket')
      expect(buckets.map(({ cpl }) => cpl)).toEqual(expected.map(({ cpl }) => cpl))
      for (const [index, { peers }] of buckets.entries()) {
        const all = expected[index]?.peers ?? []
        expect(all).toEqual(expect.arrayContaining(peers))
        expect(peers.length).toBeGreaterThanOrEqual(Math.min(20, all.length))
      }
      const summary = { type: 'summary', queried: 1, succeeded: 1, failed: 0, hops: 0, complete: true }
      expect(records.at(-1)).toMatchObject(summary)
      expect(server.requests.length - asked).toBeLessThanOrEqual((buckets.at(-1)?.cpl ?? 0) + 3)
    }
  })

  it('is a line for each bucket in text', async () => {
    const { stdout, stderr } = await run(['dht', 'routing-table', '--network', network, '--from', server.address])
    for (const line of stdout.trimEnd().split('\n')) {
      const [, cpl = '', count = '', peers = ''] =
        /^cpl {2,3}(\d+) {2,3}(\d+) peers? {2,3}(…\w{6}(?: {2}…\w{6})*)$/.exec(line) ?? []
      expect(peers.split('  ')).toHaveLength(Number(count))
      for (const end of peers.split('  '))
        expect(known.some((peer) => peer.endsWith(end.slice(1)) && cplOf(server.peerId, peer) === Number(cpl))).toBe(
          true,
        )
    }
    expect(stderr).toMatch(/^\d+ asked, \d+ answered, 0 failed, 0 hops, [\d.]+ ms\n$/)
  })

  it('of one that knows nobody is exit 1, of one that names itself and whatever comes to it bounded', async () => {
    const alone = await honestServer([], 1)
    const empty = await tableOf(alone.address)
    expect(empty.code).toBe(1)
    expect(empty.records.map(({ type }) => type)).toEqual(['summary', 'error'])
    const refused = await refusedPort()
    const liar: KadServer = await kadServer(({ type }) => {
      const names = [liar.peerId, ...Array.from({ length: 100 }, () => freshSigner().peerId)]
      return kadMessage(type, ...names.map((peer) => kadPeer(8, peer, `/ip4/127.0.0.1/tcp/${refused}`)))
    })
    const { code, records } = await tableOf(liar.address)
    expect(code).toBe(0)
    const buckets = records.filter((record) => record.type === 'bucket')
    expect(buckets.flatMap(({ peers }) => peers)).not.toContain(liar.peerId)
    expect(only(records, 'summary').queried).toBeLessThanOrEqual(16)
  })

  it('shows what it was told until the server stopped answering, and ends with why', async () => {
    let answers = 0
    const broken = await kadServer(({ type }, stream) => {
      if (answers++ < 1)
        return kadMessage(type, ...known.slice(0, 20).map((peer) => kadPeer(8, peer, '/ip4/127.0.0.1/tcp/1')))
      stream.abort(new Error('enough'))
      return undefined
    })
    const { code, records } = await tableOf(broken.address)
    expect(code).toBe(6)
    expect(sorted(records.slice(0, -2))).toEqual(bucketsOf(broken.peerId, known.slice(0, 20)))
    expect(records.slice(-2)).toMatchObject([
      { type: 'summary', queried: 1, succeeded: 0, failed: 1, complete: false },
      { type: 'error', error: { code: 'protocol' } },
    ])
  })

  it('ends at its deadline, and on Ctrl-C', async () => {
    const silent = await kadServer(() => undefined)
    const late = await tableOf(silent.address, '--timeout', '1s')
    expect(late.code).toBe(3)
    expect(late.records.map(({ type }) => type)).toEqual(['summary', 'error'])
    const running = start([
      'dht',
      'routing-table',
      '--json',
      '--inspect',
      'routing',
      '--network',
      network,
      '--from',
      silent.address,
    ])
    await running.line(/"type":"asked"/, 'stderr')
    expect((await running.stop()).code).toBe(130)
  })
})

describe('dht routing-table', () => {
  it('shows the buckets around the own key, of those who answered', async () => {
    const servers = await stockServers(4)
    const [first] = servers
    const flags = asking(first?.address ?? '')
    const { code, records, stderr } = await run(['dht', 'routing-table', '--json', '--tree', ...flags])
    expect(code).toBe(0)
    const own = /^the buckets around (\w+)\n$/.exec(stderr)?.[1] ?? ''
    const peers = servers.map(({ peer }) => peer.peerId.toString())
    expect(sorted(records.slice(0, -2))).toEqual(bucketsOf(own, peers))
    expect(only(records, 'lookup-tree').key).toBe(own)
    expect(records.at(-1)).toMatchObject({ type: 'summary', queried: 4, succeeded: 4, complete: true })
  })

  it('without anybody to ask is exit 4', async () => {
    expect(await run(['dht', 'routing-table'])).toMatchObject({ code: 4, stdout: '' })
    const { code, records } = await tableOf(`/ip4/127.0.0.1/tcp/${await refusedPort()}`)
    expect(code).toBe(4)
    expect(records.map(({ type }) => type)).toEqual(['summary', 'error'])
  })
})
