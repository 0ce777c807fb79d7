import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { dnsServer } from '../support/dns-server.ts'
import { startNameServer, type Zone } from '../support/name-server.ts'
import type { AnyRecord } from '../support/records.ts'

const [one, two] = [
  '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
] as const

const zone: Zone = {
  '_dnsaddr.boot.test': {
    txt: [
      `dnsaddr=/dnsaddr/ams.boot.test/p2p/${one}`,
      `dnsaddr=/ip4/192.0.2.9/udp/4001/quic-v1/p2p/${two}`,
      'v=spf1 -all',
      'dnsaddr=/nonsense/1',
    ],
  },
  '_dnsaddr.ams.boot.test': {
    txt: [`dnsaddr=/dns/ams.boot.test/tcp/443/wss/p2p/${one}`, `dnsaddr=/dns4/gone.test/tcp/1/p2p/${one}`],
  },
  'ams.boot.test': { a: ['192.0.2.1', '192.0.2.2'], aaaa: ['::1'] },
}

/** Runs `p2p maddr resolve --json` against a zone. */
async function resolve(args: string[], records: Zone = zone) {
  return await run(['maddr', 'resolve', '--json', '--dns', await startNameServer(records), ...args])
}

const nodesOf = (records: AnyRecord[]) => records.filter((record) => record.type === 'resolved')
const leavesOf = (records: AnyRecord[]) => nodesOf(records).flatMap(({ leaf, address }) => (leaf ? [address] : []))

describe('p2p maddr resolve', () => {
  it('draws the tree, and counts', async () => {
    const dns = await startNameServer(zone)
    const { code, stdout, stderr } = await run(['maddr', 'resolve', '--dns', dns, '/dnsaddr/boot.test'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [summary = '', ...tree] = stdout.trimEnd().split('\n').toReversed()
    expect(tree.toReversed()).toEqual([
      '/dnsaddr/boot.test',
      `├── /dnsaddr/ams.boot.test/p2p/${one}  TXT`,
      `│   ├── /dns/ams.boot.test/tcp/443/wss/p2p/${one}  TXT`,
      `│   │   ├── /ip4/192.0.2.1/tcp/443/wss/p2p/${one}  A, TTL 60 s`,
      `│   │   ├── /ip4/192.0.2.2/tcp/443/wss/p2p/${one}  A, TTL 60 s`,
      `│   │   └── /ip6/::1/tcp/443/wss/p2p/${one}  AAAA, TTL 60 s`,
      `│   └── /dns4/gone.test/tcp/1/p2p/${one}  TXT  ✗ unknown host gone.test (ENOTFOUND)`,
      `├── /ip4/192.0.2.9/udp/4001/quic-v1/p2p/${two}  TXT`,
      '├── v=spf1 -all  TXT  dropped: not a dnsaddr record',
      '└── dnsaddr=/nonsense/1  TXT  dropped: component 1, "/nonsense": unknown protocol',
    ])
    expect(summary).toMatch(/^4 addresses, 1 dead end, 2 records dropped, 4 look-ups; \d+\.\d+ ms$/)
  })

  it('prints a record for each node, then the counts', async () => {
    const input = '/dns4/ams.boot.test/tcp/1'
    const { code, stderr, records } = await resolve([input])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const leaf = { type: 'resolved', input, depth: 1, parent: input, leaf: true, recordType: 'A', ttlMs: 60_000 }
    expect(records).toEqual([
      { type: 'resolved', input, depth: 0, address: input, leaf: false, name: 'ams.boot.test' },
      { ...leaf, address: '/ip4/192.0.2.1/tcp/1', answer: '192.0.2.1' },
      { ...leaf, address: '/ip4/192.0.2.2/tcp/1', answer: '192.0.2.2' },
      {
        type: 'summary',
        input,
        leaves: 2,
        deadEnds: 0,
        dropped: 0,
        passedOver: 0,
        lookUps: 1,
        totalMs: expect.any(Number),
      },
    ])
  })

  it.each([
    ['/dns4/ams.boot.test/tcp/1', ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.2/tcp/1']],
    ['/dns6/ams.boot.test/udp/1/quic-v1', ['/ip6/::1/udp/1/quic-v1']],
    [`/dnsaddr/boot.test/p2p/${two}`, [`/ip4/192.0.2.9/udp/4001/quic-v1/p2p/${two}`]],
    [`/ipfs/${one}/p2p-circuit`, [`/p2p/${one}/p2p-circuit`]],
    ['/ip4/192.0.2.1/tcp/080', ['/ip4/192.0.2.1/tcp/80']],
  ])('of %s', async (address, leaves) => {
    const { code, records } = await resolve([address])
    expect([code, leavesOf(records)]).toEqual([0, leaves])
  })

  it('shows the records of other peers as dropped', async () => {
    const { code, records } = await resolve([`/dnsaddr/boot.test/p2p/${two}`])
    expect(code).toBe(0)
    const dropped = nodesOf(records).filter(({ problem }) => problem === 'other-peer')
    expect(dropped).toMatchObject([
      { depth: 1, leaf: false, answer: `dnsaddr=/dnsaddr/ams.boot.test/p2p/${one}`, message: 'of another peer' },
    ])
    expect(only(records, 'summary')).toMatchObject({ leaves: 1, dropped: 3, lookUps: 1 })
  })

  it('asks nobody about an address without a name', async () => {
    const server = await dnsServer({})
    const address = '/ip4/192.0.2.1/tcp/1'
    const { code, stdout } = await run(['maddr', 'resolve', '--dns', server.address, address])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\/ip4\/192\.0\.2\.1\/tcp\/1\n1 address; [\d.]+ ms\n$/)
    expect(server.asked).toEqual([])
  })

  it('asks the system without --dns, which does not say for how long', async () => {
    const { code, records } = await run(['maddr', 'resolve', '--json', '/dns/localhost/tcp/1'])
    expect(code).toBe(0)
    for (const leaf of nodesOf(records).slice(1)) {
      expect(leaf.address).toMatch(/^\/ip(?:4\/127\.0\.0\.1|6\/::1)\/tcp\/1$/)
      expect(leaf).not.toHaveProperty('ttlMs')
    }
  })
})

describe('several addresses', () => {
  it('go on after one that leads nowhere and one that is none, and end with the worst', async () => {
    const inputs = ['/dns4/no.such.test/tcp/1', '/dns4/ams.boot.test/tcp/1', '/dns4']
    const { code, records } = await resolve(inputs)
    expect(code).toBe(4)
    expect(records.map((record) => [record.type, 'input' in record && record.input])).toEqual([
      ['resolved', inputs[0]],
      ['summary', inputs[0]],
      ['error', inputs[0]],
      ['resolved', inputs[1]],
      ['resolved', inputs[1]],
      ['resolved', inputs[1]],
      ['summary', inputs[1]],
      ['error', inputs[2]],
    ])
    expect(records[2]).toMatchObject({ index: 1, error: { code: 'unreachable', layer: 'address' } })
    expect(records[7]).toMatchObject({ index: 3, error: { code: 'usage' } })
  })

  it('come from stdin where an argument is -', async () => {
    const dns = await startNameServer(zone)
    const input = '\n /dns6/ams.boot.test/tcp/2 \n\n/ip4/192.0.2.3/tcp/3'
    const args = ['maddr', 'resolve', '--json', '--dns', dns, '/ip4/192.0.2.1/tcp/1', '-']
    const { code, records } = await run(args, { input })
    expect(code).toBe(0)
    expect(leavesOf(records)).toEqual(['/ip4/192.0.2.1/tcp/1', '/ip6/::1/tcp/2', '/ip4/192.0.2.3/tcp/3'])
  })
})

describe('an address that cannot be resolved', () => {
  it.each(['dns', 'dns4', 'dns6', 'dnsaddr'])('of an unknown /%s host is 4, with the reason', async (kind) => {
    const address = `/${kind}/no.such.test/tcp/1`
    const { code, records } = await resolve([address])
    expect(code).toBe(4)
    expect(nodesOf(records)).toMatchObject([{ address, leaf: false, problem: 'unknown-host' }])
    expect(only(records, 'summary')).toMatchObject({ leaves: 0, deadEnds: 1 })
    const { error } = only(records, 'error')
    expect(error).toMatchObject({ code: 'unreachable', layer: 'address', addresses: [{ address, tried: false }] })
    expect(error.message).toContain('unknown host no.such.test')
  })

  it('of a host without the family is 4', async () => {
    const { code, records } = await resolve(['/dns6/four.test/tcp/1'], { 'four.test': { a: ['192.0.2.1'] } })
    expect([code, nodesOf(records)[0]?.problem]).toEqual([4, 'no-match'])
  })

  it('of records of other peers alone is 4', async () => {
    const { code, stdout, stderr } = await run([
      'maddr',
      'resolve',
      '--dns',
      await startNameServer({ '_dnsaddr.x.test': { txt: [`dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${two}`] } }),
      `/dnsaddr/x.test/p2p/${one}`,
    ])
    expect(code).toBe(4)
    expect(stdout).toContain(`dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${two}  TXT  dropped: of another peer`)
    expect(stderr).toMatch(/^error .*no dnsaddr record of x\.test matches \(unreachable, address\)/)
  })

  it.each([
    ['x', /begins with "\/"/],
    ['/ip4/192.0.2.256/tcp/1', /192\.0\.2\.256/],
    [one, /peer ID alone/],
    [`/p2p/${one}`, /peer ID alone/],
    ['/unix/tmp/socket', /unix/],
  ])('%s is 2', async (address, pattern) => {
    const { code, records } = await resolve([address])
    expect(code).toBe(2)
    expect(only(records, 'error').error.message).toMatch(pattern)
  })
})

describe('a name server that is silent', () => {
  it('is 3 at the deadline, with the name that was waited for', async () => {
    const { address: dns } = await dnsServer({ 'SILENT quiet.test': [] })
    const address = '/dns4/quiet.test/tcp/1'
    const { code, records } = await run(['maddr', 'resolve', '--json', '--timeout', '300ms', '--dns', dns, address])
    expect(code).toBe(3)
    expect(nodesOf(records)).toMatchObject([{ address, name: 'quiet.test', leaf: false, problem: 'timeout' }])
    expect(only(records, 'error').error).toMatchObject({ code: 'timeout', layer: 'address' })
    expect(only(records, 'error').error.message).toContain('300 ms')
  })

  const half = {
    'SILENT quiet.test': [],
    'TXT _dnsaddr.half.test': ['dnsaddr=/ip4/192.0.2.1/tcp/1', 'dnsaddr=/dns4/quiet.test/tcp/1'],
  }

  it('of one name of several leaves the others: 0', async () => {
    const { address: dns } = await dnsServer(half)
    const args = ['maddr', 'resolve', '--json', '--timeout', '2s', '--dns', dns, '/dnsaddr/half.test']
    const { code, records } = await run(args)
    expect([code, leavesOf(records)]).toEqual([0, ['/ip4/192.0.2.1/tcp/1']])
    expect(nodesOf(records).map(({ problem }) => problem)).toEqual([undefined, undefined, 'timeout'])
  })

  it.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
  ] as const)('is left by %s, once', async (signal, code, name) => {
    const { address: dns } = await dnsServer(half)
    const more = '/ip4/192.0.2.1/tcp/2'
    const running = start(['maddr', 'resolve', '--json', '--dns', dns, '/dnsaddr/half.test', more])
    await running.record('resolved', ({ leaf }) => leaf)
    const result = await running.stop(signal)
    expect(result.code).toBe(code)
    expect(result.records.map(({ type }) => type)).toEqual(['resolved', 'resolved', 'error'])
    expect(only(result.records, 'error').error.code).toBe(name)
  })
})
