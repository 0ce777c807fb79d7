import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { longestRecord, readDnsaddrRecord } from '../../src/lib/addresses/dnsaddr-record.ts'

const [one, two] = [
  '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
] as const

/** The address of a record, or the name of its problem. */
function read(text: string, wanted?: string): string {
  const found = readDnsaddrRecord(text, wanted)
  return 'address' in found ? found.address.toString() : found.problem.name
}

describe('readDnsaddrRecord', () => {
  it.each([
    [`dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${one}`, undefined, `/ip4/192.0.2.1/tcp/1/p2p/${one}`],
    [`dnsaddr=/ip4/192.0.2.1/tcp/1/ipfs/${one}/`, one, `/ip4/192.0.2.1/tcp/1/p2p/${one}`],
    [`dnsaddr=/dnsaddr/next.test/p2p/${two}`, two, `/dnsaddr/next.test/p2p/${two}`],
    [`dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${two}`, one, 'other-peer'],
    ['dnsaddr=/ip4/192.0.2.1/tcp/1', one, 'other-peer'],
    [`dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${one}/p2p-circuit`, one, 'other-peer'],
    [`dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${one}/p2p-circuit`, undefined, undefined],
    ['v=spf1 -all', undefined, 'not-dnsaddr'],
    ['', undefined, 'not-dnsaddr'],
    ['DNSADDR=/ip4/192.0.2.1/tcp/1', undefined, 'not-dnsaddr'],
    ['dnsaddr=', undefined, 'not-a-multiaddr'],
    ['dnsaddr=/', undefined, 'not-a-multiaddr'],
    ['dnsaddr= /ip4/192.0.2.1/tcp/1', undefined, 'not-a-multiaddr'],
    ['dnsaddr=/ip4/192.0.2.1//tcp/1', undefined, 'not-a-multiaddr'],
    ['dnsaddr=/ip4/192.0.2.256/tcp/1', undefined, 'not-a-multiaddr'],
    ['dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/nobody', undefined, 'not-a-multiaddr'],
    ['dnsaddr=/future/1', undefined, 'not-a-multiaddr'],
    [`dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${'1'.repeat(60_000)}`, undefined, 'too-long'],
  ])('of %s for %s', (text, wanted, expected) => {
    expect(read(text, wanted)).toBe(expected ?? text.slice('dnsaddr='.length))
  })

  it('reads a record of the longest length', () => {
    const start = 'dnsaddr=/ip4/192.0.2.1/tcp/1/http-path/'
    expect(read(start + 'x'.repeat(longestRecord - start.length))).toMatch(/^\/ip4\//)
    expect(read(start + 'x'.repeat(longestRecord - start.length + 1))).toBe('too-long')
  })

  it('says in one line of bounded length what is wrong, whatever the text', () => {
    const piece = fc.constantFrom('/', 'ip4', 'tcp', 'p2p', 'dnsaddr', '127.0.0.1', one, '\u001b[31m', '\n', '\u202e')
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(piece).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, fc.constantFrom(undefined, one), (rest, wanted) => {
        const found = readDnsaddrRecord(`dnsaddr=${rest}`, wanted)
        if ('address' in found) return
        expect(found.problem.message).not.toMatch(/[\n\u001b\u202e]/)
        expect(found.problem.message.length).toBeLessThan(1000)
      }),
    )
  })

  it('gives an address that reads as itself', () => {
    const component = fc.oneof(
      fc.ipV4().map((ip) => `/ip4/${ip}`),
      fc.ipV6().map((ip) => `/ip6/${ip}`),
      fc.nat(65_535).map((port) => `/tcp/${port}`),
      fc.domain().map((name) => `/dns/${name}`),
      fc.constantFrom('/ws', '/quic-v1', `/p2p/${one}`, `/p2p/${two}`),
    )
    fc.assert(
      fc.property(fc.array(component, { minLength: 1 }), (components) => {
        const text = read(`dnsaddr=${components.join('')}`)
        expect(text).toMatch(/^\//)
        expect(read(`dnsaddr=${text}`)).toBe(text)
      }),
    )
  })
})
