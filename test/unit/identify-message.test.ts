import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeIdentity } from '../../src/lib/protocols/identify/message.ts'
import { bytesField, freshSigner, numberField, signedRecord } from '../support/signed-record.ts'

const signer = freshSigner()
const address = '/ip4/192.0.2.1/tcp/4001'
const fields = [
  bytesField(1, signer.publicKey),
  bytesField(5, 'ipfs/0.1.0'),
  bytesField(6, 'agent/1'),
  bytesField(4, multiaddr('/ip4/198.51.100.1/udp/9/quic-v1').bytes),
  bytesField(3, '/ipfs/id/1.0.0'),
  bytesField(2, multiaddr(address).bytes),
  bytesField(3, '/ipfs/ping/1.0.0'),
  bytesField(8, signedRecord(signer)),
]
const whole = Buffer.concat(fields)
const decode = (...messages: Uint8Array[]) => decodeIdentity(messages, signer.peerId)

describe('decodeIdentity', () => {
  it('reads a whole message', () => {
    expect(decode(whole)).toEqual({
      publicKey: Uint8Array.from(signer.publicKey),
      protocolVersion: 'ipfs/0.1.0',
      agentVersion: 'agent/1',
      observedAddress: '/ip4/198.51.100.1/udp/9/quic-v1',
      protocols: ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0'],
      listenAddresses: [address],
      signedPeerRecord: { seq: '7', addresses: [address], valid: true },
      problems: [],
      truncated: false,
    })
  })

  it('keeps every field that is whole in a message that is cut short, and says that it is', () => {
    const ends = fields.map((_, index) => Buffer.concat(fields.slice(0, index + 1)).length)
    for (let length = 0; length < whole.length; length++) {
      const identity = decode(whole.subarray(0, length))
      const complete = ends.filter((end) => end <= length).length
      const expected = decode(Buffer.concat(fields.slice(0, complete)))
      const { problems, ...rest } = identity
      const { problems: expectedProblems, ...expectedRest } = expected
      expect(rest).toEqual(expectedRest)
      const isBoundary = length === 0 || ends.includes(length)
      expect(problems.length - expectedProblems.length).toBe(isBoundary ? 0 : 1)
    }
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 3 }), (messages) => {
        expect(decode(...messages).problems.every((problem) => typeof problem === 'string')).toBe(true)
      }),
    )
  })

  it('never throws for a message with any bytes changed, and keeps within its bounds', () => {
    const change = fc.record({ at: fc.nat({ max: whole.length - 1 }), to: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(whole)
        for (const { at, to } of changes) bytes[at] = to
        const identity = decode(bytes)
        expect(identity.protocols.length + identity.listenAddresses.length).toBeLessThanOrEqual(fields.length)
        // no forgery: what is said to be valid is what was signed
        if (identity.signedPeerRecord?.valid) expect(identity.signedPeerRecord.addresses).toEqual([address])
      }),
      { numRuns: 500 },
    )
  })

  it('never throws for well-formed fields of any content', () => {
    const field = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 10 }), fc.uint8Array({ maxLength: 100 })).map(([n, v]) => bytesField(n, v)),
      fc
        .tuple(fc.integer({ min: 1, max: 10 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
        .map(([n, v]) => numberField(n, v)),
    )
    fc.assert(
      fc.property(fc.array(field, { maxLength: 30 }), (list) => {
        expect(() => decode(Buffer.concat(list))).not.toThrow()
      }),
    )
  })

  it.each([
    ['domain', signedRecord(signer, { domain: 'libp2p-other' })],
    ['signer', signedRecord(freshSigner())],
    ['subject', signedRecord(signer, { multihash: freshSigner().multihash })],
  ])('does not call a record valid that has another %s', (_name, record) => {
    const identity = decode(bytesField(1, signer.publicKey), bytesField(8, record))
    expect(identity.signedPeerRecord).toMatchObject({ valid: false, addresses: [address] })
    expect(identity.problems).not.toEqual([])
  })

  it('takes a record of the older domain', () => {
    const record = signedRecord(signer, { domain: 'libp2p-routing-state', seq: 2n ** 64n - 1n })
    const identity = decode(bytesField(1, signer.publicKey), bytesField(8, record))
    expect(identity).toMatchObject({ signedPeerRecord: { seq: '18446744073709551615', valid: true }, problems: [] })
  })

  it('keeps 1,000 protocols and 100 addresses, bounded text and problems, and says that there was more', () => {
    const many = (count: number, field: Uint8Array) => Buffer.concat(Array.from({ length: count }, () => field))
    const protocols = decode(many(100_000, bytesField(3, '/x')))
    expect([protocols.protocols.length, protocols.truncated]).toEqual([1000, true])
    const addresses = decode(many(101, bytesField(2, multiaddr(address).bytes)))
    expect([addresses.listenAddresses.length, addresses.truncated]).toEqual([100, true])
    expect(decode(many(1000, bytesField(3, '/x'))).truncated).toBe(false)
    const bad = decode(many(5000, bytesField(4, 'bad')))
    expect(bad.problems.length).toBeLessThanOrEqual(101)
    const long = decode(bytesField(6, 'x'.repeat(1_000_000)))
    expect(long.agentVersion?.length).toBeLessThanOrEqual(4096)
    expect(long.truncated).toBe(true)
    const record = signedRecord(signer, { addresses: Array<string>(500).fill(address) })
    const signed = decode(bytesField(1, signer.publicKey), bytesField(8, record))
    expect(signed.signedPeerRecord).toMatchObject({ valid: true })
    expect([signed.signedPeerRecord?.addresses.length, signed.truncated]).toEqual([100, true])
  })
})
