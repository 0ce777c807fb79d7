import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { nameServer } from '../../src/lib/addresses/name-server.ts'
import { resolveAddress } from '../../src/lib/addresses/resolve.ts'
import { type DnsServer, dnsServer, type Zone } from '../support/dns-server.ts'

const [one, two] = [
  '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
] as const

async function resolve(zone: Zone, address: string, signal = new AbortController().signal) {
  const server: DnsServer = await dnsServer(zone)
  const { resolved, failed } = await resolveAddress(multiaddr(address), nameServer([server.address]), signal)
  const found = resolved.map((entry) => ({ ...entry, address: entry.address.toString() }))
  return { found, addresses: found.map((entry) => entry.address), failed, asked: server.asked }
}

describe('resolveAddress', () => {
  const hosts = { 'A host.test': ['192.0.2.1', '192.0.2.2'], 'AAAA host.test': ['2001:db8::1'] }

  it('leaves an address without a name alone, and asks nothing', async () => {
    const { found, failed, asked } = await resolve({}, '/ip4/192.0.2.1/tcp/1')
    expect({ found, failed, asked }).toEqual({ found: [{ address: '/ip4/192.0.2.1/tcp/1' }], failed: [], asked: [] })
  })

  it.each([
    ['dns4', ['/ip4/192.0.2.1', '/ip4/192.0.2.2']],
    ['dns6', ['/ip6/2001:db8::1']],
    ['dns', ['/ip4/192.0.2.1', '/ip4/192.0.2.2', '/ip6/2001:db8::1']],
  ])('looks /%s up, and keeps what follows and the name', async (kind, expected) => {
    const { found, failed } = await resolve(hosts, `/${kind}/host.test/tcp/443/tls/ws/p2p/${two}`)
    expect(failed).toEqual([])
    expect(found).toEqual(expected.map((ip) => ({ address: `${ip}/tcp/443/tls/ws/p2p/${two}`, hostName: 'host.test' })))
  })

  it('takes one family of /dns where the other has no record', async () => {
    expect((await resolve({ 'A four.test': ['192.0.2.9'] }, '/dns/four.test/tcp/1')).addresses).toEqual([
      '/ip4/192.0.2.9/tcp/1',
    ])
  })

  it.each([
    ['a name that does not exist', '/dns4/absent.test/tcp/1', 'absent.test'],
    ['a name without that family', '/dns6/four.test/tcp/1', 'four.test'],
    ['a dnsaddr that does not exist', `/dnsaddr/absent.test/p2p/${one}`, 'absent.test'],
    ['a dnsaddr without records', `/dnsaddr/four.test/p2p/${one}`, 'four.test'],
  ])('names the reason of %s', async (_name, address, named) => {
    const { found, failed } = await resolve({ 'A four.test': ['192.0.2.9'] }, address)
    expect(found).toEqual([])
    expect(failed).toEqual([
      { address, tried: false, layer: 'address', code: 'unreachable', message: expect.stringContaining(named) },
    ])
  })

  it('follows dnsaddr records, of the wanted peer alone, past what is none', async () => {
    const zone = {
      ...hosts,
      'TXT _dnsaddr.boot.test': [
        `dnsaddr=/dnsaddr/next.test/p2p/${two}`,
        `dnsaddr=/ip4/192.0.2.7/tcp/1/p2p/${one}`,
        'v=spf1 -all',
        'dnsaddr=/nonsense/1',
        'dnsaddr=',
      ],
      'TXT _dnsaddr.next.test': [`dnsaddr=/dns4/host.test/udp/9/quic-v1/p2p/${two}`],
    }
    expect((await resolve(zone, `/dnsaddr/boot.test/p2p/${two}`)).addresses).toEqual([
      `/ip4/192.0.2.1/udp/9/quic-v1/p2p/${two}`,
      `/ip4/192.0.2.2/udp/9/quic-v1/p2p/${two}`,
    ])
    expect((await resolve(zone, `/dnsaddr/boot.test/p2p/${one}`)).addresses).toEqual([
      `/ip4/192.0.2.7/tcp/1/p2p/${one}`,
    ])
    expect((await resolve(zone, '/dnsaddr/boot.test')).addresses).toHaveLength(3)
  })

  it('joins a TXT record that comes in several strings', async () => {
    const path = 'x'.repeat(400)
    const record = `dnsaddr=/ip4/192.0.2.7/tcp/1/http-path/${path}/p2p/${one}`
    const { addresses } = await resolve({ 'TXT _dnsaddr.long.test': [record] }, `/dnsaddr/long.test/p2p/${one}`)
    expect(addresses).toEqual([record.slice('dnsaddr='.length)])
  })

  it('ends in a loop, with the reason', async () => {
    const zone = {
      'TXT _dnsaddr.a.test': [`dnsaddr=/dnsaddr/b.test/p2p/${one}`],
      'TXT _dnsaddr.b.test': [`dnsaddr=/dnsaddr/a.test/p2p/${one}`],
    }
    const { found, failed, asked } = await resolve(zone, `/dnsaddr/a.test/p2p/${one}`)
    expect(found).toEqual([])
    expect(failed).toHaveLength(1)
    expect(asked.length).toBeLessThan(10)
  })

  it('asks a bounded number of questions of a zone that leads to itself many times', async () => {
    const itself = Array.from({ length: 20 }, () => 'dnsaddr=/dnsaddr/fan.test')
    const { failed, asked } = await resolve({ 'TXT _dnsaddr.fan.test': itself }, '/dnsaddr/fan.test')
    expect(failed.length).toBeLessThanOrEqual(64)
    expect(asked.length).toBeLessThan(200)
  })

  it('gives at most 64 addresses, whatever the zone holds', async () => {
    const many = Array.from({ length: 50 }, (_, index) => `192.0.2.${index}`)
    const records = Array.from({ length: 20 }, (_, index) => `dnsaddr=/dns4/many.test/tcp/${index + 1}`)
    const zone = { 'A many.test': many, 'TXT _dnsaddr.zone.test': records }
    expect((await resolve(zone, '/dnsaddr/zone.test')).addresses).toHaveLength(64)
  })

  it('ends with its signal when the server is silent', async () => {
    const server = await dnsServer({ 'SILENT quiet.test': [] })
    const controller = new AbortController()
    const names = nameServer([server.address])
    for (const address of ['/dns4/quiet.test/tcp/1', '/dnsaddr/quiet.test']) {
      const waiting = resolveAddress(multiaddr(address), names, controller.signal)
      controller.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
    }
  })
})
