import { describe, expect, test } from 'vitest'
import { only, run } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startNameServer } from '../support/name-server.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

const port = (address: string) => /\/tcp\/(\d+)/.exec(address)?.[1] ?? ''

describe('names that lead nowhere', () => {
  test.each(['dns', 'dns4', 'dns6', 'dnsaddr'])('an unknown /%s host is 4, and not tried', async (kind) => {
    const dns = await startNameServer({})
    const address = `/${kind}/no.such.host.test/tcp/4001`
    const result = await run(['dial', '--json', '--dns', dns, address])
    const { error } = only(result.records, 'error')
    expect(result.code).toBe(4)
    expect(error).toMatchObject({ code: 'unreachable', layer: 'address' })
    expect(error.message).toMatch(/unknown host .*no\.such\.host\.test/)
    expect(error.addresses).toMatchObject([{ address, tried: false, layer: 'address' }])
  })

  test('a host without an address of the family is 4', async () => {
    const dns = await startNameServer({ 'four.test': { a: ['127.0.0.1'] } })
    const result = await run(['dial', '--json', '--dns', dns, '/dns6/four.test/tcp/4001'])
    expect(result.code).toBe(4)
    expect(only(result.records, 'error').error.message).toContain('four.test')
  })

  test('a name server that nobody answers at is 3 or 4, and ends', async () => {
    const nobody = `127.0.0.1:${await refusedPort()}`
    const result = await run(['dial', '--json', '--timeout', '2s', '--dns', nobody, '/dns4/host.test/tcp/4001'])
    expect([3, 4]).toContain(result.code)
    expect(only(result.records, 'error').error.layer).toBe('address')
  })

  test('a dnsaddr that names itself is 4, and ends', async () => {
    const dns = await startNameServer({ '_dnsaddr.loop.test': { txt: ['dnsaddr=/dnsaddr/loop.test'] } })
    const result = await run(['dial', '--json', '--dns', dns, '/dnsaddr/loop.test'])
    expect(result.code).toBe(4)
    expect(only(result.records, 'error').error.message).toMatch(/dnsaddr/)
  })

  test('a dnsaddr that multiplies itself is bounded', async () => {
    const txt = Array.from({ length: 100 }, (_, index) => `dnsaddr=/dnsaddr/n${index % 2}.bomb.test`)
    const dns = await startNameServer({ '_dnsaddr.n0.bomb.test': { txt }, '_dnsaddr.n1.bomb.test': { txt } })
    const result = await run(['dial', '--json', '--timeout', '20s', '--dns', dns, '/dnsaddr/n0.bomb.test'])
    expect(result.code).toBe(4)
    expect(only(result.records, 'error').error.addresses.length).toBeLessThanOrEqual(100)
  })

  test('a dnsaddr whose records are of other peers is 4', async () => {
    const wanted = await strangerId()
    const txt = [`dnsaddr=/ip4/127.0.0.1/tcp/4001/p2p/${await strangerId()}`]
    const dns = await startNameServer({ '_dnsaddr.others.test': { txt } })
    const result = await run(['dial', '--json', '--dns', dns, `/dnsaddr/others.test/p2p/${wanted}`])
    expect(result.code).toBe(4)
    expect(only(result.records, 'error').error.addresses).toMatchObject([{ tried: false, layer: 'address' }])
  })

  test('of a zone with 500 records a bounded number is tried', async () => {
    const server = await tcpServer((socket) => socket.destroy())
    const txt = Array.from(
      { length: 500 },
      (_, index) => `dnsaddr=/ip4/127.0.0.${1 + (index % 250)}/tcp/${index < 250 ? server.port : 1}`,
    )
    const dns = await startNameServer({ '_dnsaddr.big.test': { txt } })
    const result = await run(['dial', '--json', '--timeout', '30s', '--dns', dns, '/dnsaddr/big.test'])
    expect(result.code).toBe(4)
    const { addresses } = only(result.records, 'error').error
    expect(addresses.length).toBeGreaterThan(1)
    expect(addresses.length).toBeLessThanOrEqual(65)
    // what was left out is said
    expect(addresses.some((outcome) => !outcome.tried) || /500|436|more/.test(result.stdout)).toBe(true)
  })
})

describe('names that lead to the peer', () => {
  test.each(['dns', 'dns4'])('/%s over A', async (kind) => {
    const listener = await startListener(['--transport', 'tcp'])
    const dns = await startNameServer({ 'peer.test': { a: ['127.0.0.1'] } })
    const result = await run([
      'dial',
      '--json',
      '--dns',
      dns,
      `/${kind}/peer.test/tcp/${port(listener.tcp)}/p2p/${listener.peerId}`,
    ])
    expect(result.code).toBe(0)
    expect(only(result.records, 'dialed')).toMatchObject({ peer: listener.peerId, transport: 'tcp' })
  })

  test('/dns6 over AAAA', async () => {
    const listener = await startListener(['/ip6/::1/tcp/0'])
    const dns = await startNameServer({ 'peer.test': { aaaa: ['::1'] } })
    const result = await run(['dial', '--json', '--dns', dns, `/dns6/peer.test/tcp/${port(listener.tcp)}`])
    expect(result.code).toBe(0)
    expect(only(result.records, 'dialed').address).toContain('/ip6/::1/')
  })

  test('/dnsaddr through another dnsaddr, with a family that nobody listens on beside it', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const dns = await startNameServer({
      '_dnsaddr.first.test': { txt: ['unrelated', 'dnsaddr=/dnsaddr/second.test', 'dnsaddr=not a multiaddr'] },
      '_dnsaddr.second.test': { txt: [`dnsaddr=/dns/peer.test/tcp/${port(listener.tcp)}/p2p/${listener.peerId}`] },
      'peer.test': { a: ['127.0.0.1'], aaaa: ['::1'] },
    })
    const result = await run(['ping', '-c', '1', '--json', '--dns', dns, '/dnsaddr/first.test'])
    expect(result.code).toBe(0)
    expect(only(result.records, 'pong').peer).toBe(listener.peerId)
  })

  test('the one record of the wanted peer is found among 500', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const others = await Promise.all(
      Array.from({ length: 499 }, async () => `dnsaddr=/ip4/127.0.0.1/tcp/1/p2p/${await strangerId()}`),
    )
    const dns = await startNameServer({ '_dnsaddr.crowd.test': { txt: [...others, `dnsaddr=${listener.tcp}`] } })
    const result = await run(['dial', '--json', '--dns', dns, `/dnsaddr/crowd.test/p2p/${listener.peerId}`])
    expect(result.code).toBe(0)
    expect(only(result.records, 'dialed').address).toBe(listener.tcp)
  })
})
