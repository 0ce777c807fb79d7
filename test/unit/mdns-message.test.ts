import { encode } from '@dnsquery/dns-packet'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeMessage,
  encodeAnswer,
  encodeQuery,
  libp2pService,
  longestMessage,
} from '../../src/lib/protocols/mdns/message.ts'
import { forgedId } from '../support/forged-id.ts'
import { answerOf } from '../support/mdns-answer.ts'

const [one, two] = [forgedId(1), forgedId(2)]
const at = (port: number, peer = one) => `/ip4/192.168.1.5/tcp/${port}/p2p/${peer}`
const text = (port: number, peer = one) => `dnsaddr=${at(port, peer)}`

/** What is read of an answer with these TXT strings. */
function peersOf(...texts: string[]) {
  const message = decodeMessage(answerOf([{ texts }]), libp2pService)
  if (message?.type !== 'answer') throw new Error('not an answer')
  return { peers: message.peers, problems: message.problems.length }
}

describe('mDNS messages', () => {
  it('are read as they are written', () => {
    expect(decodeMessage(encodeQuery(libp2pService), libp2pService)).toEqual({ type: 'query' })
    const addresses = [at(1), `/ip6/fe80::1/udp/1/quic-v1/p2p/${one}`]
    const answer = encodeAnswer(libp2pService, 'name', '192.168.1.5', addresses)
    expect(decodeMessage(answer, libp2pService)).toEqual({
      type: 'answer',
      peers: [{ peer: one, addresses }],
      problems: [],
    })
  })

  it('leave out an address that no TXT record holds, and more than are kept', () => {
    const long = `/dns4/${'a.'.repeat(100)}test/tcp/1/p2p/${one}`
    const many = Array.from({ length: 40 }, (_, index) => at(index + 1))
    const answer = encodeAnswer(libp2pService, 'name', '192.168.1.5', [long, ...many])
    expect(decodeMessage(answer, libp2pService)).toMatchObject({
      peers: [{ peer: one, addresses: many.slice(0, 16) }],
      problems: [],
    })
    expect(answer.length).toBeLessThan(longestMessage)
  })

  it.each(['answers', 'additionals'] as const)('are read with their TXT records among the %s', (place) => {
    const said = [
      { name: 'one', texts: [text(1), 'other=thing', text(2)] },
      { name: 'two', texts: [text(1, two)] },
    ]
    expect(decodeMessage(answerOf(said, place), libp2pService)).toEqual({
      type: 'answer',
      peers: [
        { peer: one, addresses: [at(1), at(2)] },
        { peer: two, addresses: [at(1, two)] },
      ],
      problems: [],
    })
  })

  it('are about the service whatever the case of its name, and about no other', () => {
    const other = '_other._udp.local'
    expect(decodeMessage(encodeQuery('_P2P._UDP.Local'), libp2pService)).toEqual({ type: 'query' })
    expect(decodeMessage(encodeQuery(other), libp2pService)).toBeUndefined()
    expect(decodeMessage(answerOf([{ service: other, texts: [text(1)] }]), libp2pService)).toBeUndefined()
    expect(decodeMessage(answerOf([{ service: other, texts: [text(1)] }]), other)).toMatchObject({
      peers: [{ peer: one }],
    })
  })

  it('tell nothing of a peer that takes its records back', () => {
    expect(decodeMessage(answerOf([{ texts: [text(1)], ttl: 0 }]), libp2pService)).toBeUndefined()
  })

  it('keep only the addresses of the peer that the first one names', () => {
    expect(peersOf(text(1), text(2, two), text(3))).toEqual({
      peers: [{ peer: one, addresses: [at(1), at(3)] }],
      problems: 1,
    })
    expect(peersOf(text(1), text(1))).toEqual({ peers: [{ peer: one, addresses: [at(1)] }], problems: 0 })
  })

  it.each([
    'dnsaddr=',
    'dnsaddr=/ip4/192.168.1.5/tcp/1',
    `dnsaddr=/p2p/${one}`,
    `dnsaddr=/dnsaddr/evil.test/p2p/${one}`,
    `dnsaddr=/ip4/192.168.1.256/tcp/1/p2p/${one}`,
    'dnsaddr=/ip4/192.168.1.5/tcp/1/p2p/nobody',
    `dnsaddr=${at(1)}/p2p-circuit`,
  ])('leave %s out', (useless) => {
    expect(peersOf(useless)).toEqual({ peers: [], problems: 1 })
    expect(peersOf(useless, text(1))).toEqual({ peers: [{ peer: one, addresses: [at(1)] }], problems: 1 })
  })

  it('keep 16 addresses of a peer, and 16 peers of a message', () => {
    const many = Array.from({ length: 30 }, (_, index) => text(index + 1))
    const kept = peersOf(...many)
    expect(kept).toMatchObject({ problems: 1 })
    expect(kept.peers[0]?.addresses).toHaveLength(16)
    const said = Array.from({ length: 30 }, (_, index) => ({ texts: [text(1, forgedId(index))] }))
    const message = decodeMessage(answerOf(said), libp2pService)
    expect(message?.type === 'answer' && message.peers).toHaveLength(16)
  })

  it('that are longer than the longest are refused unread', () => {
    const texts = Array.from({ length: 40 }, () => 'x'.repeat(250))
    expect(() => decodeMessage(answerOf([{ texts }]), libp2pService)).toThrow('longer than 9000 bytes')
  })

  it('are read or refused with an error, whatever their bytes', () => {
    const whole = Buffer.from(answerOf([{ texts: [text(1)] }, { name: 'two', texts: [text(2, two)] }], 'answers'))
    const query = Buffer.from(encode({ type: 'query', questions: [{ name: libp2pService, type: 'PTR' }] }))
    const changed = fc
      .tuple(fc.constantFrom(whole, query), fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { maxLength: 8 }), fc.nat(500))
      .map(([original, changes, length]) => {
        const bytes = Buffer.from(original.subarray(0, length))
        for (const [index, value] of changes) if (index < bytes.length) bytes[index] = value
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 600 })), (bytes) => {
        try {
          const message = decodeMessage(bytes, libp2pService)
          if (message?.type !== 'answer') return
          expect(message.peers.length).toBeLessThanOrEqual(16)
          for (const { peer, addresses } of message.peers) {
            expect(addresses.length).toBeGreaterThan(0)
            for (const address of addresses) expect(address.endsWith(`/p2p/${peer}`)).toBe(true)
          }
        } catch (error) {
          if (!(error instanceof Error) || error.name === 'AssertionError') throw error
        }
      }),
      { numRuns: 2000 },
    )
  })
})
