import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { localCertificate } from '../support/certificate.ts'
import { only, run, scratchFile } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { relayedPeer } from '../support/peers.ts'
import { answersUntil, recordingProxy } from '../support/recording-proxy.ts'
import type { RecordOf } from '../support/records.ts'

async function dialed(...args: string[]): Promise<RecordOf<'dialed'>> {
  const { code, records, stderr } = await run(['dial', '--json', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return only(records, 'dialed')
}

/** The steps of a record beside loading, which a step does not always need. */
function steps({ timings }: RecordOf<'dialed'>): string[] {
  return Object.keys(timings).filter((key) => key !== 'loadMs')
}

describe('the report of p2p dial', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener(['--security', 'noise,tls,plaintext'])
  })

  it.each<[string, 'tcp' | 'ws' | 'quic', string[], string[], number]>([
    ['TCP and noise', 'tcp', [], ['transportMs', 'securityMs', 'handshakeMs'], 3],
    ['TCP and TLS', 'tcp', ['--security', 'tls'], ['transportMs', 'securityMs', 'handshakeMs'], 3],
    [
      'TCP and plaintext',
      'tcp',
      ['--security', 'plaintext'],
      ['transportMs', 'securityMs', 'handshakeMs', 'muxerMs'],
      3,
    ],
    ['WebSockets', 'ws', [], ['transportMs', 'securityMs', 'handshakeMs'], 4],
    ['QUIC', 'quic', [], ['transportMs'], 1],
  ])('over %s has the steps that took place', async (_name, transport, flags, expected, roundTrips) => {
    const record = await dialed(...flags, listener[transport])
    expect(steps(record)).toEqual([...expected, 'totalMs'])
    expect(record.roundTrips).toBe(roundTrips)
    const { totalMs, ...each } = record.timings
    expect(totalMs).toBe(record.totalMs)
    expect(Object.values(each).reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(totalMs)
  })

  it('has the nonces of a private network as a step of their own', async () => {
    const psk = scratchFile(`/key/swarm/psk/1.0.0/\n/base16/\n${randomBytes(32).toString('hex')}`, 'swarm.key')
    const hidden = await startListener(['--psk', psk])
    const record = await dialed('--psk', psk, hidden.tcp)
    expect(steps(record)).toEqual(['transportMs', 'protectMs', 'securityMs', 'handshakeMs', 'totalMs'])
    expect(record.roundTrips).toBe(4)
  })

  it('says what looking up a name took', async () => {
    const dns = await startNameServer({ 'peer.test': { a: ['127.0.0.1'] } })
    const named = listener.tcp.replace('/ip4/127.0.0.1', '/dns4/peer.test')
    const record = await dialed('--dns', dns, named)
    expect(steps(record)[0]).toBe('resolveMs')
    const alternatives = await dialed('--dns', dns, listener.quic, named.replace('peer.test', 'nowhere.test'))
    expect(steps(alternatives)).toEqual(['transportMs', 'totalMs'])
  })

  it('counts the steps through a relay to the transport, and no round trips', async () => {
    const { address } = await relayedPeer()
    const record = await dialed(address)
    expect(steps(record)).toEqual(['transportMs', 'securityMs', 'handshakeMs', 'totalMs'])
    expect(record).not.toHaveProperty('roundTrips')
    expect(record.bytes?.wireSent).toBeGreaterThan(0)
  })

  it.each<[string, 'tcp' | 'ws', string[]]>([
    ['TCP', 'tcp', []],
    ['TCP, the first offer refused', 'tcp', ['--security', 'tls,noise']],
    ['WebSockets', 'ws', []],
  ])('over %s agrees with what passed on the wire', async (_name, transport, flags) => {
    const noise = await startListener(['--security', 'noise'])
    const { address, flights } = await recordingProxy(noise[transport])
    const record = await dialed(...flags, address)
    const { wireSent: client = 0, wireReceived: server = 0 } = record.bytes ?? {}
    const total = (from: 'client' | 'server') =>
      flights.reduce((sum, one) => sum + (one.from === from ? one.bytes : 0), 0)
    await expect.poll(() => total('client'), { timeout: 30_000 }).toBeGreaterThanOrEqual(client)
    expect(total('server')).toBeGreaterThanOrEqual(server)
    // TCP's own round trip is not among the bytes
    expect(record.roundTrips).toBe(1 + answersUntil(flights, { client, server }))
    // the HTTP upgrade, or the negotiation, and the handshake are in it
    expect(client).toBeGreaterThan(250)
    expect(server).toBeGreaterThan(200)
  })

  it('counts TLS of secure WebSockets as bytes on the wire and as a round trip', async () => {
    const tls = localCertificate()
    const secure = await startListener(['--transport', 'ws', '--tls-cert', tls.cert, '--tls-key', tls.key])
    const plain = await dialed(listener.ws)
    const record = await dialed('--tls-ca', tls.cert, secure.ws)
    expect(record.roundTrips).toBe(5)
    // a server's certificate alone has several hundred bytes
    expect(record.bytes?.wireReceived).toBeGreaterThan((plain.bytes?.wireReceived ?? 0) + 300)
    expect(record.bytes?.sent).toBe(plain.bytes?.sent)
  })

  it('counts what was said above the security protocol', async () => {
    const { bytes } = await dialed('--security', 'plaintext', '--muxer', 'mplex', listener.tcp)
    // header and offer of the muxer, and their echo: 20 + 14 bytes each way
    expect(bytes).toMatchObject({ sent: 34, received: 34 })
    expect(bytes?.wireSent).toBeGreaterThan(34 + 38)
    const quic = await dialed(listener.quic)
    expect(Object.keys(quic.bytes ?? {})).toEqual(['wireSent', 'wireReceived'])
    expect(quic.bytes?.wireSent).toBeGreaterThan(1200)
  })

  it('fits into 80 columns as text, with a bar for each step', async () => {
    const { code, stdout } = await run(['dial', listener.tcp])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    const total = lines.findIndex((line) => /^total +\d+(?:\.\d+)? ms, 3 round trips$/.test(line))
    const chart = lines.slice(total + 1)
    expect(chart.map((line) => line.trim().split(' ')[0])).toEqual(['loading', 'transport', 'security', 'handshake'])
    for (const line of chart) expect(line.length).toBeLessThanOrEqual(80)
    expect(chart.join('')).toContain('█')
  })
})
