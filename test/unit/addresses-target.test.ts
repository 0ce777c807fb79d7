import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { isPrivateAddress } from '../../src/lib/addresses/private-address.ts'
import { groupTargets, peerOf } from '../../src/lib/addresses/target.ts'
import { transportOf } from '../../src/lib/addresses/transport-of.ts'

const a = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const b = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
const group = (addresses: string[], expected?: string) =>
  groupTargets(addresses, expected).map(({ label, peer, addresses: list }) => ({
    label,
    peer,
    addresses: list.map(String),
  }))

describe('groupTargets', () => {
  it('takes addresses of one peer as alternatives, wherever they stand', () => {
    const [x, y, z] = [`/ip4/192.0.2.1/tcp/1/p2p/${a}`, `/ip4/192.0.2.2/tcp/2/p2p/${b}`, `/dns/x/tcp/3/ws/p2p/${a}`]
    expect(group([x, y, z])).toEqual([
      { label: `/p2p/${a}`, peer: a, addresses: [x, z] },
      { label: y, peer: b, addresses: [y] },
    ])
  })

  it('takes an address without a peer as a target of its own, twice given as one', () => {
    const [x, y] = ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/2']
    expect(group([x, y, x])).toEqual([
      { label: x, peer: undefined, addresses: [x] },
      { label: y, peer: undefined, addresses: [y] },
    ])
  })

  it('does not take a relay for the destination', () => {
    const relayed = `/ip4/192.0.2.1/tcp/1/p2p/${a}/p2p-circuit`
    expect(peerOf(multiaddr(relayed))).toBeUndefined()
    expect(group([`${relayed}/p2p/${b}`, `/ip4/192.0.2.1/tcp/1/p2p/${a}`])).toHaveLength(2)
  })

  it('takes a peer ID alone as a target without addresses, and without need where it has one', () => {
    const x = `/ip4/192.0.2.1/tcp/1/p2p/${a}`
    expect(group([`/p2p/${a}`, `/p2p/${b}`, `/p2p/${a}`])).toEqual([
      { label: `/p2p/${a}`, peer: a, addresses: [] },
      { label: `/p2p/${b}`, peer: b, addresses: [] },
    ])
    expect(group([`/p2p/${a}`, x])).toEqual([{ label: `/p2p/${a}`, peer: a, addresses: [x] }])
    expect(group([x, `/p2p/${a}`], a)).toEqual([{ label: x, peer: a, addresses: [x] }])
  })

  it('adds the expected peer to all, which makes them alternatives', () => {
    expect(group(['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/2/ws'], a)).toEqual([
      { label: `/p2p/${a}`, peer: a, addresses: [`/ip4/192.0.2.1/tcp/1/p2p/${a}`, `/ip4/192.0.2.1/tcp/2/ws/p2p/${a}`] },
    ])
  })

  it.each([
    ['another peer ID than expected', [`/p2p/${b}`], a, new RegExp(a)],
    ['a unix socket', ['/unix/%2Ftmp%2Fx'], undefined, /unix/],
    ['an address of another peer than expected', [`/ip4/192.0.2.1/tcp/1/p2p/${b}`], a, new RegExp(a)],
  ])('refuses %s as usage', (_name, addresses, expected, message) => {
    const matching = expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) })
    expect(() => groupTargets(addresses, expected)).toThrow(matching)
  })
})

describe('transportOf', () => {
  it.each([
    ['/ip4/192.0.2.1/tcp/1', 'tcp'],
    [`/ip6/::1/tcp/1/p2p/${a}`, 'tcp'],
    ['/dns/x/tcp/1/ws', 'ws'],
    ['/ip4/192.0.2.1/tcp/1/tls/sni/x/ws', 'ws'],
    ['/ip4/192.0.2.1/tcp/1/wss', 'ws'],
    ['/ip4/192.0.2.1/udp/1/quic-v1', 'quic'],
    [`/ip4/192.0.2.1/udp/1/quic-v1/p2p/${a}/p2p-circuit/p2p/${b}`, 'relay'],
    ['/ip4/192.0.2.1/udp/1/quic-v1/webtransport', undefined],
    ['/ip4/192.0.2.1/udp/1/webrtc-direct', undefined],
    ['/ip4/192.0.2.1/udp/1/quic', undefined],
    ['/ip4/192.0.2.1/udp/1', undefined],
    ['/ip4/192.0.2.1', undefined],
  ])('of %s is %s', (address, transport) => {
    expect(transportOf(multiaddr(address))).toBe(transport)
  })
})

describe('isPrivateAddress', () => {
  it.each([
    ['/ip4/127.0.0.1/tcp/1', true],
    ['/ip4/10.1.2.3/tcp/1', true],
    ['/ip4/192.168.1.1/udp/1/quic-v1', true],
    ['/ip4/169.254.1.1/tcp/1', true],
    ['/ip6/::1/tcp/1', true],
    ['/ip6/fe80::1/tcp/1', true],
    ['/ip6/fd00::1/tcp/1', true],
    ['/ip6/::ffff:10.0.0.1/tcp/1', true],
    ['/dns4/localhost/tcp/1', true],
    ['/ip4/8.8.8.8/tcp/1', false],
    ['/ip6/2606:4700::1/tcp/1', false],
    ['/dns/example.com/tcp/1', false],
  ])('of %s is %s', (address, expected) => {
    expect(isPrivateAddress(multiaddr(address))).toBe(expected)
  })
})
