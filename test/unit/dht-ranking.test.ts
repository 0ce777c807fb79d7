import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dhtNetwork } from '../../src/lib/addresses/dht-network.ts'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { distanceOf, failed, type KnownPeer, learnAddresses, seedOf } from '../../src/lib/operations/dht/known-peer.ts'
import { Ranking } from '../../src/lib/operations/dht/ranking.ts'
import { keptAddresses } from '../../src/lib/operations/dht/told-peer.ts'
import { freshSigner } from '../support/signed-record.ts'

const peerAt = (distance: Uint8Array, state: KnownPeer['state'] = 'known'): KnownPeer => ({
  target: { label: '', peer: Buffer.from(distance).toString('hex'), addresses: [] },
  hops: 0,
  state,
  distance,
  spare: [],
  tries: 0,
})
const number = (value: number) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
const failure = new ToolkitError('unreachable', 'gone')
const address = (port: number) => multiaddr(`/ip4/127.0.0.1/tcp/${port}`)

describe('Ranking', () => {
  it('keeps its peers in the order of their distance, and passes over those that failed', () => {
    const place = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.boolean()), { maxLength: 50 }), (list) => {
        const ranking = new Ranking(new Uint8Array(32))
        for (const [distance, isFailed] of list) ranking.add(peerAt(distance, isFailed ? 'failed' : 'known'))
        const expected = list.filter(([, isFailed]) => !isFailed).map(([distance]) => Buffer.from(distance))
        expect(ranking.closest(20).map(({ distance }) => Buffer.from(distance))).toEqual(
          expected.toSorted(Buffer.compare).slice(0, 20),
        )
      }),
    )
  })

  it('remembers 2,000 peers, and forgets the furthest that were not asked', () => {
    const ranking = new Ranking(new Uint8Array(32))
    ranking.add(peerAt(number(9_999_999), 'answered'))
    for (let value = 10_000; value > 0; value--) ranking.add(peerAt(number(value)))
    expect(ranking.size).toBe(2000)
    expect(ranking.closest(2000).at(-2)?.distance).toEqual(number(1999))
    expect(ranking.closest(2000).at(-1)?.state).toBe('answered')
  })
})

describe('a peer that was asked at an address alone', () => {
  const [id, other] = [freshSigner().peerId, freshSigner().peerId]
  const nameless = (): KnownPeer => ({ ...seedOf({ label: 'address', addresses: [address(1)] }, number(0)), tries: 1 })
  /** A ranking that knows another peer, by which the first was introduced, and the first at an address alone. */
  function knownTwice(): { ranking: Ranking; seed: KnownPeer; introduced: KnownPeer } {
    const ranking = new Ranking(number(0))
    const seed = nameless()
    ranking.add(seed)
    const from = seedOf({ label: other, peer: other, addresses: [address(3)] }, number(0))
    const introduced = ranking.introduce({ label: id, peer: id, addresses: [address(2)] }, from)
    seed.target.peer = id
    return { ranking, seed, introduced: introduced ?? expect.unreachable() }
  }

  it('takes its place once it has proved its ID, also that of one who was introduced', () => {
    const { ranking, seed } = knownTwice()
    seed.state = 'answered'
    ranking.prove(seed)
    expect(ranking.closest(20)).toEqual([seed])
    expect(seed.distance).toEqual(distanceOf(number(0), id))
  })

  it('leaves the place to who was introduced when it failed', () => {
    const { ranking, seed, introduced } = knownTwice()
    failed(seed, failure)
    ranking.prove(seed)
    expect([ranking.closest(20), ranking.failed(20)]).toEqual([[introduced], []])
  })
})

describe('a peer that failed', () => {
  it('is asked once more, at addresses that were told later', () => {
    const peer = peerAt(number(1), 'asked')
    peer.target.addresses = [address(1)]
    peer.tries = 1
    learnAddresses(peer, [address(1), address(2)])
    failed(peer, failure)
    expect([peer.state, peer.target.addresses.map(String)]).toEqual(['known', [String(address(2))]])
    peer.tries = 2
    failed(peer, failure)
    learnAddresses(peer, [address(3)])
    expect(peer.state).toBe('failed')
  })

  it('is taken up again when the addresses come after the failure', () => {
    const peer = peerAt(number(1), 'failed')
    peer.tries = 1
    learnAddresses(peer, [address(2)])
    expect(peer.state).toBe('known')
  })

  it('keeps 16 addresses', () => {
    const peer = peerAt(number(1))
    learnAddresses(
      peer,
      Array.from({ length: 100 }, (_, index) => address(index + 1)),
    )
    expect(peer.target.addresses).toHaveLength(16)
  })
})

it('keptAddresses leaves out what the network drops, a /dnsaddr, and what is no address', () => {
  const addresses = [
    '/ip4/10.0.0.1/tcp/1',
    '/ip4/1.1.1.1/tcp/1',
    '/dnsaddr/example.com',
    'nonsense',
    '/ip4/1.1.1.1/tcp/2/p2p/Q',
  ]
  expect(keptAddresses(dhtNetwork('amino'), { peer: 'P', addresses })).toEqual(['/ip4/1.1.1.1/tcp/1'])
  expect(keptAddresses(dhtNetwork('lan'), { peer: 'P', addresses })).toEqual(['/ip4/10.0.0.1/tcp/1'])
})
