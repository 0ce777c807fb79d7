import { beforeAll, describe, expect, it } from 'vitest'
import { only, run } from '../support/cli.ts'
import { field, framed, identifyField } from '../support/identify-message.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { foreignPeer, relayedPeer } from '../support/peers.ts'
import { linePeer, multistreamLine, protocolList } from '../support/raw-peer.ts'
import { type AnyRecord, type RecordOf, scanSummary } from '../support/records.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'
import { swarmKeyFile } from '../support/swarm-key.ts'

const fast = ['--json', '--rate', '1000']
const scanned = (records: AnyRecord[], layer?: RecordOf<'scanned'>['layer']) =>
  records.filter(
    (record): record is RecordOf<'scanned'> => record.type === 'scanned' && (layer ?? record.layer) === record.layer,
  )
const accepted = (records: AnyRecord[], layer: RecordOf<'scanned'>['layer']) =>
  Object.fromEntries(scanned(records, layer).map((record) => [record.protocol, record.accepted]))

describe('p2p scan', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener(['--echo'])
  })

  it.each(['tcp', 'ws'] as const)('finds over %s what a listener accepts on each layer', async (transport) => {
    const { code, records, stderr } = await run(['scan', ...fast, '--strict', listener[transport]])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(accepted(records, 'security')).toEqual({ '/noise': true, '/tls/1.0.0': true, '/plaintext/2.0.0': false })
    expect(accepted(records, 'muxer')).toEqual({ '/yamux/1.0.0': true, '/mplex/6.7.0': true })
    for (const record of scanned(records)) {
      expect(record).toMatchObject({ peer: listener.peerId, answered: true, elapsedMs: expect.any(Number) })
      expect(record.reason === undefined).toBe(record.accepted)
      expect(record.early ?? false).toBe(record.accepted && record.layer !== 'protocol')
    }
    const yes = scanned(records, 'protocol').filter((record) => record.accepted)
    expect(yes.map(({ protocol, claimed, listed }) => ({ protocol, claimed, listed }))).toEqual(
      ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', '/echo/1.0.0'].map((protocol) => ({
        protocol,
        claimed: true,
        listed: true,
      })),
    )
    expect(yes[0]).toMatchObject({ name: 'identify', spec: expect.stringMatching(/^https:/) })
    const refused = scanned(records, 'protocol').length - yes.length
    expect(records.at(-1)).toEqual({
      type: 'summary',
      peer: listener.peerId,
      address: listener[transport],
      security: ['/noise', '/tls/1.0.0'],
      muxers: ['/yamux/1.0.0', '/mplex/6.7.0'],
      accepted: 3,
      refused,
      unanswered: 0,
      untried: 0,
      claimed: 3,
      confirmed: 3,
      falseClaims: 0,
      unclaimed: 0,
      identified: true,
      listed: true,
      problems: [],
      totalMs: expect.any(Number),
    })
    expect(refused).toBeGreaterThan(20)
  })

  it('says of QUIC that it brings security and muxer along', async () => {
    const { code, records } = await run(['scan', ...fast, listener.quic])
    expect(code).toBe(0)
    expect(accepted(records, 'security')).toEqual({ 'quic-tls': true })
    expect(accepted(records, 'muxer')).toEqual({ quic: true })
    expect(scanSummary(records)).toMatchObject({ security: ['quic-tls'], muxers: ['quic'], accepted: 3, listed: true })
  })

  it('ends each stream at once, and asks for each protocol once', async () => {
    const own = await startListener(['--transport', 'tcp', '--echo'])
    await run(['scan', ...fast, '--protocol', '/echo/1.0.0,/nobody/1.0.0', own.tcp])
    const closed = await own.waitFor('stream-closed', ({ asked }) => asked?.includes('/nobody/1.0.0') === true)
    expect(closed.reason).toMatch(/no protocol in common/)
    await own.waitFor('stream-closed', ({ protocol }) => protocol === '/echo/1.0.0')
    const opened = own.records.filter((record) => record.type === 'stream-opened').map(({ protocol }) => protocol)
    for (const protocol of ['/echo/1.0.0', '/ipfs/ping/1.0.0']) {
      expect(opened.filter((name) => name === protocol)).toHaveLength(1)
    }
  })

  it('tries only the security protocols and muxers that are named', async () => {
    const own = await startListener(['--transport', 'tcp', '--security', 'tls,plaintext', '--muxer', 'mplex'])
    const { code, records } = await run(['scan', ...fast, '--security', 'plaintext,noise', '--muxer', 'mplex', own.tcp])
    expect(code).toBe(0)
    expect(scanned(records, 'security')).toEqual([
      expect.objectContaining({ protocol: '/plaintext/2.0.0', accepted: true }),
      expect.objectContaining({
        protocol: '/noise',
        accepted: false,
        answered: true,
        reason: 'no common security protocol',
      }),
    ])
    expect(accepted(records, 'muxer')).toEqual({ '/mplex/6.7.0': true })
    const all = await run(['scan', ...fast, own.tcp])
    expect(accepted(all.records, 'security')).toEqual({ '/noise': false, '/tls/1.0.0': true, '/plaintext/2.0.0': true })
    expect(scanned(all.records, 'muxer')).toEqual([
      expect.objectContaining({ protocol: '/yamux/1.0.0', accepted: false, answered: true }),
      expect.objectContaining({ protocol: '/mplex/6.7.0', accepted: true }),
    ])
  })

  it('says what a connection through a relay agreed on, and tries nothing that binds the relay', async () => {
    const { address } = await relayedPeer()
    const { code, records } = await run(['scan', ...fast, address])
    expect(code).toBe(0)
    expect(accepted(records, 'security')).toEqual({ '/noise': true, '/tls/1.0.0': false, '/plaintext/2.0.0': false })
    const untried = scanned(records).filter((record) => record.elapsedMs === undefined)
    expect(untried.map((record) => record.protocol)).toEqual(['/tls/1.0.0', '/plaintext/2.0.0', '/mplex/6.7.0'])
    for (const record of untried)
      expect(record).toMatchObject({ answered: false, reason: expect.stringMatching(/relay/) })
    expect(scanSummary(records)).toMatchObject({ untried: 0, identified: true })
  })

  it('scans a peer of a private network', async () => {
    const psk = swarmKeyFile()
    const own = await startListener(['--transport', 'tcp', '--psk', psk])
    const { code, records } = await run(['scan', ...fast, '--psk', psk, own.tcp])
    expect(code).toBe(0)
    expect(scanSummary(records)).toMatchObject({ security: ['/noise', '/tls/1.0.0'], confirmed: 2 })
  })

  it('names the target where there are several, each with its own summary', async () => {
    const other = await startListener(['--transport', 'tcp'])
    const { code, records } = await run(['scan', ...fast, listener.quic, other.tcp])
    expect(code).toBe(0)
    for (const [target, peer] of [[listener.quic, listener.peerId] as const, [other.tcp, other.peerId] as const]) {
      const own = records.filter((record) => 'target' in record && record.target === target)
      expect(own.at(-1)).toMatchObject({ type: 'summary', peer })
      expect(new Set(own.map((record) => 'peer' in record && record.peer))).toEqual(new Set([peer]))
    }
  })

  it('dials a host that takes five connections a second no faster, for all its targets together', async () => {
    const peer = await foreignPeer({
      addresses: { listen: Array(3).fill('/ip4/127.0.0.1/tcp/0') },
      connectionManager: {},
    })
    const targets = peer.getMultiaddrs().map((address) => String(address).replace(/\/p2p\/.*/, ''))
    const { code, records } = await run(['scan', ...fast, ...targets])
    expect(code).toBe(0)
    for (const layer of ['security', 'muxer'] as const) {
      for (const record of scanned(records, layer)) expect(record).toMatchObject({ answered: true })
    }
    expect(scanned(records, 'security')).toHaveLength(3 * targets.length)
  })

  it('prints a table with what is telling, and counts the rest', async () => {
    const { code, stdout, stderr } = await run(['scan', '--rate', '1000', '--protocol', '/nobody/1.0.0', listener.tcp])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^ +layer +answer +time +protocol$/m)
    expect(stdout).toMatch(/^✓ +security +accepted +\d+\.\d+ ms +\/noise/m)
    expect(stdout).toMatch(/^– +security +refused .*\/plaintext\/2\.0\.0$/m)
    expect(stdout).toMatch(/^✓ +muxer +accepted .*\/mplex\/6\.7\.0 .*within the security handshake$/m)
    expect(stdout).toMatch(/^✓ +protocol +accepted .*\/ipfs\/ping\/1\.0\.0 \(ping\)$/m)
    expect(stdout).toMatch(/^– +protocol +refused .*\/nobody\/1\.0\.0$/m)
    expect(stdout).not.toContain('/meshsub/')
    expect(stdout).toMatch(/^claims +3: 3 true, 0 false; 0 more accepted without a claim$/m)
    expect(stdout).toMatch(/^not shown +\d\d well-known protocols/m)
  })
})

describe('claims', () => {
  /** A peer that says by identify and `ls` what it likes, and accepts what it likes. */
  async function claimant(identified: string[], listed: string[] | undefined, accepts: string[]) {
    return await linePeer((line, stream) => {
      if (line === 'ls') return listed === undefined ? 'na' : protocolList(listed)
      if (line === '/ipfs/id/1.0.0') {
        const message = Buffer.concat(identified.map((protocol) => field(identifyField.protocols, protocol)))
        queueMicrotask(() => void stream.close())
        return Buffer.concat([multistreamLine(line), framed(message)])
      }
      return accepts.includes(line) ? line : 'na'
    })
  }

  it('that are false and answers that nobody claims are marked', async () => {
    const peer = await claimant(['/ipfs/id/1.0.0', '/true/1.0.0', '/false/1.0.0'], undefined, [
      '/true/1.0.0',
      '/perf/1.0.0',
    ])
    const { code, records } = await run(['scan', ...fast, peer.address])
    expect(code).toBe(0)
    const of = (protocol: string) => scanned(records).find((record) => record.protocol === protocol)
    expect(of('/true/1.0.0')).toMatchObject({ claimed: true, accepted: true })
    expect(of('/false/1.0.0')).toMatchObject({
      claimed: true,
      accepted: false,
      answered: true,
      reason: expect.any(String),
    })
    expect(of('/perf/1.0.0')).toMatchObject({ claimed: false, accepted: true, name: 'perf' })
    expect(of('/perf/1.0.0')).not.toHaveProperty('listed')
    expect(scanSummary(records)).toMatchObject({
      claimed: 3,
      confirmed: 2,
      falseClaims: 1,
      unclaimed: 1,
      listed: false,
    })
    const text = await run(['scan', '--rate', '1000', peer.address])
    expect(text.stdout).toMatch(/^✗ +protocol +refused .*\/false\/1\.0\.0 +claimed, but refused$/m)
    expect(text.stdout).toMatch(/^! +protocol +accepted .*\/perf\/1\.0\.0 \(perf\) +accepted, though not claimed$/m)
    expect(text.stdout).toMatch(/^claims +3: 2 true, 1 false; 1 more accepted without a claim$/m)
  })

  it('by ls alone count as well', async () => {
    const peer = await claimant(['/ipfs/id/1.0.0'], ['/listed/1.0.0'], ['/listed/1.0.0'])
    const { records } = await run(['scan', ...fast, peer.address])
    const found = scanned(records).find((record) => record.protocol === '/listed/1.0.0')
    expect(found).toMatchObject({ claimed: true, listed: true, accepted: true })
    expect(scanSummary(records)).toMatchObject({ listed: true, unclaimed: 0 })
  })

  it.each([
    ['a false one', ['/ipfs/id/1.0.0', '/false/1.0.0'], 1],
    ['none that is false, beside an answer that nobody claims', ['/ipfs/id/1.0.0'], 0],
  ])('with --strict: %s', async (_name, claims, code) => {
    const peer = await claimant(claims, undefined, ['/perf/1.0.0'])
    expect((await run(['scan', ...fast, '--strict', peer.address])).code).toBe(code)
  })

  it('with --strict: none to be had is 1', async () => {
    const peer = await linePeer(() => 'na')
    const { code, records } = await run(['scan', ...fast, '--strict', peer.address])
    expect(code).toBe(1)
    expect(scanSummary(records)).toMatchObject({ identified: false, problems: [expect.stringMatching(/not known/)] })
    expect((await run(['scan', ...fast, peer.address])).code).toBe(0)
  })
})

describe('a peer that cannot be scanned', () => {
  it.each([
    ['a refused port', async () => `/ip4/127.0.0.1/tcp/${await refusedPort()}`, 4],
    [
      'an HTTP server',
      async () => (await tcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).address,
      6,
    ],
    ['a silent server', async () => (await tcpServer()).address, 3],
  ])('%s', async (_name, address, code) => {
    const result = await run(['scan', '--json', '--timeout', '1s', await address()])
    expect(result.code).toBe(code)
    expect(result.records.map((record) => record.type)).toEqual(['error'])
  })

  it('is of no common security', async () => {
    const own = await startListener(['--transport', 'tcp', '--security', 'noise'])
    const result = await run(['scan', '--json', '--security', 'tls', own.tcp])
    expect(result.code).toBe(5)
    expect(only(result.records, 'error').error).toMatchObject({ code: 'security', layer: 'security' })
  })

  it.each([
    [['--rate', '0']],
    [['--rate', '1.5']],
    [['--protocol', '']],
    [['--protocol', 'x'.repeat(2000)]],
    [['--security', 'rot13']],
    [['--protocol', '/x', '--nonsense']],
  ])('is refused by the flags %j, on stdout with --json', async (flags) => {
    const result = await run(['scan', '--json', ...flags, '/ip4/127.0.0.1/tcp/1'])
    expect(result).toMatchObject({ code: 2, stderr: '' })
    expect(only(result.records, 'error').error.code).toBe('usage')
  })
})
