import { describe, expect, it } from 'vitest'
import { localCertificate } from '../support/certificate.ts'
import { only, run, start } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { startNameServer, type Zone } from '../support/name-server.ts'
import { strangerId } from '../support/peer.ts'
import { foreignPeer } from '../support/peers.ts'
import type { AnyRecord } from '../support/records.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

/** The arguments of a check against a zone. */
async function check(zone: Zone, ...more: string[]): Promise<string[]> {
  return ['maddr', 'resolve', '--check', '--json', '--dns', await startNameServer(zone), ...more]
}

const checkedOf = (records: AnyRecord[]) => records.filter((record) => record.type === 'checked')
const portOf = ({ tcp }: Listener) => /\/tcp\/(\d+)/.exec(tcp)?.[1] ?? ''

describe('p2p maddr resolve --check', () => {
  it('dials each leaf, and is 0 if one of them works', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const refused = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${listener.peerId}`
    const other = `/ip4/127.0.0.1/udp/1/webrtc-direct/p2p/${listener.peerId}`
    const zone = {
      '_dnsaddr.peer.test': {
        txt: [
          `dnsaddr=${refused}`,
          `dnsaddr=/dns4/peer.test/tcp/${portOf(listener)}/p2p/${listener.peerId}`,
          `dnsaddr=${other}`,
          `dnsaddr=/dns4/gone.test/tcp/1/p2p/${listener.peerId}`,
        ],
      },
      'peer.test': { a: ['127.0.0.1'] },
    }
    const input = `/dnsaddr/peer.test/p2p/${listener.peerId}`
    const { code, stderr, records } = await run(await check(zone, input))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const byAddress = Object.fromEntries(checkedOf(records).map((record) => [record.address, record]))
    const failed = { type: 'checked', input, ok: false, layer: 'transport', code: 'unreachable' }
    expect(byAddress).toEqual({
      [listener.tcp]: {
        type: 'checked',
        input,
        address: listener.tcp,
        ok: true,
        peer: listener.peerId,
        totalMs: expect.any(Number),
      },
      [refused]: { ...failed, address: refused, tried: true, message: expect.stringContaining('refused') },
      [other]: { ...failed, address: other, tried: false, message: expect.stringContaining('no transport') },
    })
    expect(records.map(({ type }) => type)).toEqual([
      ...Array(6).fill('resolved'),
      ...Array(3).fill('checked'),
      'summary',
    ])
    expect(only(records, 'summary')).toMatchObject({ leaves: 3, reachable: 1, deadEnds: 1 })
  })

  it('prints a line for each', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const refused = await refusedPort()
    const txt = [`dnsaddr=${listener.tcp}`, `dnsaddr=/ip4/127.0.0.1/tcp/${refused}`]
    const dns = await startNameServer({ '_dnsaddr.peer.test': { txt } })
    const { code, stdout, stderr } = await run(['maddr', 'resolve', '--check', '--dns', dns, '/dnsaddr/peer.test'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^✓ ${listener.tcp}  \\d+\\.\\d+ ms$`, 'm'))
    expect(stdout).toMatch(new RegExp(`^✗ /ip4/127\\.0\\.0\\.1/tcp/${refused}  transport: .*refused`, 'm'))
    expect(stdout).toMatch(/^2 addresses, 1 reachable, 1 look-up; [\d.]+ ms$/m)
  })

  it('tells web sockets the name that their certificate has to be for', async () => {
    const tls = localCertificate()
    const listener = await startListener(['--transport', 'ws', '--tls-cert', tls.cert, '--tls-key', tls.key])
    const zone = { localhost: { a: ['127.0.0.1'] }, 'other.test': { a: ['127.0.0.1'] } }
    const named = (name: string) => listener.ws.replace('/ip4/127.0.0.1', `/dns4/${name}`)
    const inputs = ['localhost', 'other.test'].map(named)
    const { code, records } = await run(await check(zone, '--tls-ca', tls.cert, ...inputs))
    expect(code).toBe(5)
    expect(checkedOf(records)).toMatchObject([
      { input: inputs[0], address: listener.ws, ok: true },
      { input: inputs[1], address: listener.ws, ok: false, layer: 'security', code: 'security' },
    ])
  })

  it('dials an address that stands in two records once', async () => {
    const txt = Array(3).fill(`dnsaddr=/ip4/127.0.0.1/tcp/${await refusedPort()}`)
    const { code, records } = await run(await check({ '_dnsaddr.x.test': { txt } }, '/dnsaddr/x.test'))
    expect(code).toBe(4)
    expect(checkedOf(records)).toHaveLength(1)
    expect(only(records, 'summary').leaves).toBe(1)
  })

  it('reaches every leaf of a host that takes five connections a second', async () => {
    const peer = await foreignPeer({
      addresses: { listen: Array(12).fill('/ip4/127.0.0.1/tcp/0') },
      connectionManager: {},
    })
    const txt = peer.getMultiaddrs().map((address) => `dnsaddr=${address}`)
    const { code, records } = await run(await check({ '_dnsaddr.x.test': { txt } }, '/dnsaddr/x.test'))
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ leaves: 12, reachable: 12 })
  })

  it('dials more leaves than it dials at a time', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const refused = await refusedPort()
    const txt = Array.from({ length: 20 }, (_, index) => `dnsaddr=/ip4/127.0.0.1/tcp/${refused}/http-path/${index}`)
    const zone = { '_dnsaddr.x.test': { txt: [...txt, `dnsaddr=${listener.tcp}`] } }
    const { code, records } = await run(await check(zone, '/dnsaddr/x.test'))
    expect(code).toBe(0)
    expect(new Set(checkedOf(records).map(({ address }) => address)).size).toBe(21)
  })
})

describe('a check in vain', () => {
  it('is of the class of the leaf that got furthest, and lists every address', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const stranger = await strangerId()
    const wrong = listener.tcp.replace(listener.peerId, stranger)
    const refused = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const gone = '/dns4/gone.test/tcp/1'
    const txt = [refused, wrong, gone].map((address) => `dnsaddr=${address}`)
    const { code, records } = await run(await check({ '_dnsaddr.x.test': { txt } }, '/dnsaddr/x.test'))
    expect(code).toBe(5)
    expect(only(records, 'summary')).toMatchObject({ leaves: 2, reachable: 0, deadEnds: 1 })
    const { error } = only(records, 'error')
    expect(error).toMatchObject({ code: 'security', layer: 'security' })
    expect(error.message).toContain('wrong peer ID')
    const outcomes = error.addresses.map(({ address, tried, code: name }) => [address, { tried, name }])
    expect(outcomes).toHaveLength(3)
    expect(Object.fromEntries(outcomes)).toEqual({
      [gone]: { tried: false, name: 'unreachable' },
      [refused]: { tried: true, name: 'unreachable' },
      [wrong]: { tried: true, name: 'security' },
    })
  })

  it('of silent servers is 3: each has its own time', async () => {
    const servers = await Promise.all([tcpServer(), tcpServer()])
    const txt = servers.map(({ address }) => `dnsaddr=${address}`)
    const zone = { '_dnsaddr.x.test': { txt } }
    const { code, records } = await run(await check(zone, '--timeout', '3s', '/dnsaddr/x.test'))
    expect(code).toBe(3)
    expect(checkedOf(records)).toMatchObject([
      { ok: false, tried: true, code: 'timeout' },
      { ok: false, tried: true, code: 'timeout' },
    ])
    for (const { connections } of servers) expect(connections).toHaveLength(1)
  })

  it('of a name that leads nowhere dials nothing, and is 4', async () => {
    const { code, records } = await run(await check({}, '/dns/gone.test/tcp/1'))
    expect(code).toBe(4)
    expect(records.map(({ type }) => type)).toEqual(['resolved', 'summary', 'error'])
    expect(only(records, 'summary')).toMatchObject({ leaves: 0, reachable: 0 })
  })

  it.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
  ] as const)('is left by %s, once', async (signal, code, name) => {
    const dialled = Promise.withResolvers<void>()
    const server = await tcpServer(() => dialled.resolve())
    const zone = { 'quiet.test': { a: ['127.0.0.1'] } }
    const running = start(await check(zone, `/dns4/quiet.test/tcp/${server.port}`, '/dns4/quiet.test/tcp/1'))
    await dialled.promise
    const result = await running.stop(signal)
    expect(result.code).toBe(code)
    expect(result.records.map(({ type }) => type)).toEqual(['resolved', 'resolved', 'error'])
    expect(only(result.records, 'error').error.code).toBe(name)
  })
})
