import { beforeAll, describe, expect, it } from 'vitest'
import { only, type Result, run, scratchFile, start } from '../support/cli.ts'
import { dnsServer } from '../support/dns-server.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { strangerId } from '../support/peer.ts'
import { foreignPeer } from '../support/peers.ts'
import type { RecordOf } from '../support/records.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

const garbage = Buffer.from('220 mail.example.com ESMTP\r\n')

/** The attempts of a run, by address; the summary has to come last and agree with them. */
function attemptsOf({ records }: Result): Record<string, RecordOf<'attempt'>> {
  const attempts = records.filter((record) => record.type === 'attempt')
  const tried = attempts.filter((attempt) => attempt.tried)
  const succeeded = attempts.filter(({ ok }) => ok).length
  expect(records.slice(attempts.length)).toEqual([
    {
      type: 'summary',
      tried: tried.length,
      succeeded,
      failed: tried.length - succeeded,
      notTried: attempts.length - tried.length,
    },
  ])
  const byAddress = Object.fromEntries(attempts.map((attempt) => [attempt.address, attempt]))
  expect(Object.keys(byAddress)).toHaveLength(attempts.length)
  return byAddress
}

describe('p2p dial --each', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })
  const ofPeer = (address: string) => `${address}/p2p/${listener.peerId}`

  it('tries every address, and says of each what became of it', async () => {
    const dead = ofPeer(`/ip4/127.0.0.1/tcp/${await refusedPort()}`)
    const webrtc = ofPeer('/ip4/127.0.0.1/udp/9/webrtc-direct')
    const unknown = ofPeer('/dns4/nowhere.test/tcp/1')
    const dns = await startNameServer({})
    const result = await run(['dial', '--json', '--each', '--dns', dns, ...listener.addresses, dead, webrtc, unknown])
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' })
    const attempts = attemptsOf(result)
    const { peerId: peer } = listener
    const worked = { tried: true, ok: true, peer, timings: { transportMs: expect.any(Number) } }
    const yamux = { security: '/noise', muxer: '/yamux/1.0.0', earlyMuxer: true }
    expect(attempts).toMatchObject({
      [listener.tcp]: { ...worked, ...yamux, transport: 'tcp', roundTrips: 3 },
      [listener.ws]: { ...worked, ...yamux, transport: 'ws', roundTrips: 4 },
      [listener.quic]: { ...worked, security: 'quic-tls', muxer: 'quic', transport: 'quic', roundTrips: 1 },
      [dead]: { tried: true, ok: false, transport: 'tcp', layer: 'transport', code: 'unreachable' },
      [webrtc]: { tried: false, ok: false, layer: 'transport', code: 'unreachable' },
      [unknown]: { tried: false, ok: false, transport: 'tcp', layer: 'address', code: 'unreachable' },
    })
    expect(attempts[dead]?.message).toContain('ECONNREFUSED')
    expect(attempts[dead]?.totalMs).toBeGreaterThan(0)
    expect(attempts[webrtc]?.message).toContain('webrtc-direct')
    expect(attempts[webrtc]).not.toHaveProperty('totalMs')
    expect(attempts[unknown]?.message).toContain('nowhere.test')
  })

  it('closes every connection at once', async () => {
    const other = await startListener(['--transport', 'tcp,ws'])
    expect((await run(['dial', '--each', ...other.addresses])).code).toBe(0)
    const opened = await Promise.all(
      other.addresses.map((_, index) =>
        other.waitFor('connection-opened', ({ connection }) => {
          const all = other.records.filter(({ type }) => type === 'connection-opened')
          return all.findIndex((record) => 'connection' in record && record.connection === connection) === index
        }),
      ),
    )
    for (const { connection } of opened) {
      const closed = await other.waitFor('connection-closed', (record) => record.connection === connection)
      expect(closed.by).toBe('remote')
    }
  })

  it('prints one table for people, in the order of the addresses', async () => {
    const dead = ofPeer(`/ip4/127.0.0.1/tcp/${await refusedPort()}`)
    const webrtc = ofPeer('/ip4/127.0.0.1/udp/9/webrtc-direct')
    const { code, stdout, stderr } = await run(['dial', '--each', dead, webrtc, ...listener.addresses])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [peer, head, ...rows] = stdout.trimEnd().split('\n')
    expect(peer).toBe(`peer  ${listener.peerId}`)
    expect(head).toMatch(/^address +transport +result +time +layers, or cause$/)
    const short = [dead, webrtc, ...listener.addresses].map((address) => address.replace(/\/p2p\/.*/, ''))
    expect(rows.slice(0, -1).map((row) => row.split(' ')[0])).toEqual(short)
    expect(rows[0]).toMatch(/ tcp +unreachable +\d+\.\d{3} ms +transport: connection refused \(ECONNREFUSED\)$/)
    expect(rows[1]).toMatch(/ not tried +no transport for udp\/webrtc-direct/)
    expect(rows[2]).toMatch(/ ok +\d+(?:\.\d{3})? ms +/)
    expect(rows.at(-1)).toBe('4 tried, 3 worked, 1 failed, 1 not tried')
  })

  it('makes a row of each address that a dnsaddr leads to, and says what the look-up took', async () => {
    const txt = [listener.tcp, listener.quic, listener.tcp].map((address) => `dnsaddr=${address}`)
    const ws = listener.ws.replace('/ip4/127.0.0.1', '/dns4/peer.test')
    const dns = await startNameServer({
      '_dnsaddr.peer.test': { txt: [...txt, `dnsaddr=${ws}`, 'dnsaddr=/dnsaddr/dead.test'] },
      'peer.test': { a: ['127.0.0.1'] },
      '_dnsaddr.dead.test': { txt: ['unrelated'] },
    })
    const result = await run(['dial', '--json', '--each', '--dns', dns, '/dnsaddr/peer.test'])
    expect(result.code).toBe(0)
    const attempts = attemptsOf(result)
    expect(Object.keys(attempts).toSorted()).toEqual([...listener.addresses, '/dnsaddr/dead.test'].toSorted())
    for (const address of listener.addresses) {
      const { ok, timings } = attempts[address] ?? {}
      expect(ok).toBe(true)
      expect(timings?.resolveMs).toBeGreaterThan(0)
    }
    expect(attempts['/dnsaddr/dead.test']).toMatchObject({ tried: false, layer: 'address' })
  })

  it('dials what needs no look-up while a name server is silent', async () => {
    const { address: dns } = await dnsServer({ 'SILENT late.test': [] })
    const named = ofPeer('/dns4/late.test/tcp/1')
    const result = await run(['dial', '--json', '--each', '--timeout', '2s', '--dns', dns, named, listener.tcp])
    expect(result.code).toBe(0)
    expect(result.records[0]).toMatchObject({ address: listener.tcp, ok: true })
    expect(attemptsOf(result)[named]).toMatchObject({ tried: false, ok: false, layer: 'address', code: 'timeout' })
  })
})

describe('the exit code of p2p dial --each', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })

  it('is 0 where any address worked, whether or not they name the peer', async () => {
    const dead = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const bare = listener.tcp.replace(/\/p2p\/.*/, '')
    for (const addresses of [
      [dead, bare],
      [dead, listener.tcp],
      [`${dead}/p2p/${listener.peerId}`, bare],
    ]) {
      const result = await run(['dial', '--json', '--each', ...addresses])
      expect(result.code).toBe(0)
      for (const attempt of Object.values(attemptsOf(result))) expect(attempt).not.toHaveProperty('target')
    }
  })

  it('is that of the address that got furthest where none did', async () => {
    const mail = await tcpServer((socket) => socket.write(garbage))
    const dead = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const stranger = await strangerId()
    expect((await run(['dial', '--each', mail.address, dead])).code).toBe(6)
    expect((await run(['dial', '--each', dead, '/ip4/127.0.0.1/udp/1/webrtc-direct'])).code).toBe(4)
    const wrong = await run(['dial', '--json', '--each', dead, listener.tcp.replace(listener.peerId, stranger)])
    expect(wrong.code).toBe(5)
    expect(wrong.records).toContainEqual(
      expect.objectContaining({
        type: 'attempt',
        code: 'security',
        message: expect.stringContaining('wrong peer ID'),
      }),
    )
  })

  it('is with --require-all that of the worst, and an address that was not tried has failed', async () => {
    const mail = await tcpServer((socket) => socket.write(garbage))
    const dead = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const all = ['dial', '--each', '--require-all']
    expect((await run([...all, ...listener.addresses])).code).toBe(0)
    expect((await run([...all, listener.tcp, dead])).code).toBe(4)
    expect((await run([...all, listener.tcp, dead, mail.address])).code).toBe(6)
    const disabled = await run([...all, '--json', '--transport', 'tcp', listener.tcp, listener.quic])
    expect(disabled.code).toBe(4)
    expect(attemptsOf(disabled)[listener.quic]).toMatchObject({ tried: false, transport: 'quic', code: 'unreachable' })
  })

  it('is the highest of several peers, each of which needs one address that works', async () => {
    const other = await strangerId()
    const dead = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${other}`
    const alsoDead = dead.replace('127.0.0.1', '127.0.0.2')
    const result = await run(['dial', '--json', '--each', listener.tcp, listener.ws, dead, alsoDead])
    expect(result.code).toBe(4)
    const targets = Object.values(attemptsOf(result)).map(({ target, ok }) => `${target} ${ok}`)
    expect(targets.toSorted()).toEqual(
      [...Array(2).fill(`/p2p/${listener.peerId} true`), ...Array(2).fill(`/p2p/${other} false`)].toSorted(),
    )
    const { stdout } = await run(['dial', '--each', listener.tcp, listener.ws, dead])
    expect(stdout.match(/^peer {2}.*/gm)).toEqual([`peer  ${listener.peerId}`, `peer  ${other}`])
  })

  it('is 2 for combinations that cannot be, and nothing is dialled', async () => {
    for (const flags of [['--each', '--for', '1s'], ['--each', '--protocol', '/echo/1.0.0'], ['--require-all']]) {
      const { code, stdout } = await run(['dial', ...flags, listener.tcp])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    }
  })

  it('is 2 where QUIC is dialled in a private network alone', async () => {
    const psk = scratchFile(`/key/swarm/psk/1.0.0/\n/base16/\n${'ab'.repeat(32)}`, 'swarm.key')
    const result = await run(['dial', '--json', '--each', '--psk', psk, '/ip4/127.0.0.1/udp/1/quic-v1'])
    expect(result.code).toBe(2)
    expect(Object.values(attemptsOf(result))).toMatchObject([{ tried: false, transport: 'quic', code: 'usage' }])
  })
})

describe('p2p dial --each against silence and hostility', () => {
  it('gives each address its own time, and the others do not wait for it', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const silent = await tcpServer()
    const result = await run(['dial', '--json', '--each', '--timeout', '500ms', silent.address, listener.tcp])
    expect(result.code).toBe(0)
    const attempts = attemptsOf(result)
    expect(attempts[listener.tcp]).toMatchObject({ ok: true })
    expect(attempts[silent.address]).toMatchObject({ tried: true, ok: false, code: 'timeout', layer: 'security' })
    expect(result.records[0]).toMatchObject({ address: listener.tcp })
  })

  it('ends with 130 on Ctrl-C, and keeps what it has', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const silent = await tcpServer()
    const scripted = start(['dial', '--json', '--each', silent.address, listener.tcp])
    await scripted.record('attempt')
    const { code, records } = await scripted.stop('SIGINT')
    expect(code).toBe(130)
    expect(records.map(({ type }) => type)).toEqual(['attempt', 'error'])
    expect(only(records, 'error').error.code).toBe('interrupted')
  })

  it('shows people the rows that have ended on Ctrl-C', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const { promise: reached, resolve } = Promise.withResolvers<void>()
    const silent = await tcpServer(() => resolve())
    const read = start(['dial', '--each', silent.address, listener.tcp])
    await Promise.all([reached, listener.waitFor('connection-closed')])
    const { code, stdout } = await read.stop('SIGINT')
    expect(code).toBe(130)
    expect(stdout).toContain(listener.tcp.replace(/\/p2p\/.*/, ''))
    expect(stdout).not.toMatch(/tried,/)
  })

  it('ends with 0 when the reader of its records goes away', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const silent = await tcpServer()
    const running = start(['dial', '--json', '--each', silent.address, listener.tcp])
    await running.record('attempt')
    running.child.stdout.destroy()
    silent.connections[0]?.destroy()
    expect((await running.exited).code).toBe(0)
  })

  it('shows what a server said without its escape sequences', async () => {
    const server = await tcpServer((socket) => socket.write('\x1b[2J\x1b]0;owned\x07 hello'))
    for (const flags of [[], ['--json']]) {
      const { code, stdout } = await run(['dial', '--each', ...flags, server.address])
      expect(code).toBe(6)
      expect(stdout).not.toMatch(/\x1b|\x07/)
      expect(stdout).toContain('not a libp2p peer')
    }
  })

  it('reaches a peer that takes five connections a second by more addresses than that', async () => {
    const peer = await foreignPeer({
      addresses: { listen: Array(8).fill('/ip4/127.0.0.1/tcp/0') },
      connectionManager: {},
    })
    const addresses = peer.getMultiaddrs().map(String)
    expect(addresses).toHaveLength(8)
    const result = await run(['dial', '--json', '--each', '--require-all', ...addresses])
    expect(result.code).toBe(0)
    expect(Object.values(attemptsOf(result)).every(({ ok }) => ok)).toBe(true)
  })
})
