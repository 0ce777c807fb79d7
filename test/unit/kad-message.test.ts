import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decoderOf } from '../../src/lib/protocols/decoders.ts'
import { encodeKadRequest } from '../../src/lib/protocols/kad/encode.ts'
import { decodeKadMessage, kadTypes } from '../../src/lib/protocols/kad/message.ts'
import { framed } from '../support/identify-message.ts'
import { bytesField, numberField } from '../support/signed-record.ts'

const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
const address = '/ip4/192.0.2.1/tcp/4001'
const peerFields = [bytesField(1, id.toMultihash().bytes), bytesField(2, multiaddr(address).bytes), numberField(3, 2)]
const peerField = (number: number, ...more: Uint8Array[]) => bytesField(number, Buffer.concat([...peerFields, ...more]))
const record = Buffer.concat([
  bytesField(1, '/v/key'),
  bytesField(2, 'value'),
  bytesField(3, 'author'),
  bytesField(4, 'signature'),
  bytesField(5, '2026-01-02T03:04:05Z'),
])
const whole = Buffer.concat([
  numberField(1, 1),
  bytesField(2, '/v/key'),
  bytesField(3, record),
  peerField(8),
  peerField(9),
  numberField(10, 3),
])
const peer = { peer: id.toString(), addresses: [address], connection: 'can-connect' }
const bytes = (text: string) => new Uint8Array(Buffer.from(text))

describe('decodeKadMessage', () => {
  it('reads every field of the spec', () => {
    expect(decodeKadMessage(whole)).toEqual({
      type: 'GET_VALUE',
      key: bytes('/v/key'),
      clusterLevel: 3,
      record: {
        key: bytes('/v/key'),
        value: bytes('value'),
        author: bytes('author'),
        signature: bytes('signature'),
        timeReceived: '2026-01-02T03:04:05Z',
      },
      closer: [peer],
      providers: [peer],
      problems: [],
      dropped: 0,
    })
  })

  it('takes a message without a type for PUT_VALUE, the zero that proto3 leaves out', () => {
    expect(decodeKadMessage(new Uint8Array()).type).toBe('PUT_VALUE')
    expect(decodeKadMessage(numberField(1, 6))).toMatchObject({ problems: ['type: there is none of the number 6'] })
    expect(decodeKadMessage(numberField(1, 6)).type).toBeUndefined()
  })

  it('reads what was encoded', () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 100 })
    const value = fc.uint8Array({ maxLength: 1000 })
    fc.assert(
      fc.property(fc.constantFrom(...kadTypes), key, value, (type, key, value) => {
        const providers = [{ peer: id.toString(), addresses: [address] }]
        const decoded = decodeKadMessage(encodeKadRequest({ type, key, value, providers }))
        expect(decoded).toEqual({ type, key, record: { key, value }, closer: [], providers, problems: [], dropped: 0 })
      }),
    )
  })

  it('reports a malformed field beside the good ones', () => {
    const message = Buffer.concat([
      numberField(1, 4),
      numberField(2, 7),
      bytesField(8, bytesField(1, 'nobody')),
      bytesField(8, bytesField(2, multiaddr(address).bytes)),
      peerField(8, bytesField(2, 'no address')),
      bytesField(3, Uint8Array.of(0xff)),
    ])
    const { closer, problems, type } = decodeKadMessage(message)
    expect({ closer, type }).toEqual({ closer: [peer], type: 'FIND_NODE' })
    expect(problems).toEqual([
      expect.stringMatching(/^field 2: /),
      expect.stringMatching(/^closer\[0\]: not a peer ID/),
      expect.stringMatching(/^closer\[0\]: it has no peer ID/),
      expect.stringMatching(/^closer\[0\]\.addresses\[1\]: /),
      expect.stringMatching(/^record: /),
    ])
  })

  it('keeps 40 peers of each kind, 16 addresses of each, and refuses values beyond 1 MiB', () => {
    const addresses = Array.from({ length: 30 }, () => bytesField(2, multiaddr(address).bytes))
    const many = decodeKadMessage(Buffer.concat(Array.from({ length: 10_000 }, () => peerField(8, ...addresses))))
    expect(many.closer).toHaveLength(40)
    expect(many.closer.every(({ addresses }) => addresses.length === 16)).toBe(true)
    expect(many.dropped).toBe(9960 + 40 * 15)
    const large = decodeKadMessage(bytesField(3, bytesField(2, new Uint8Array(1024 * 1024 + 1))))
    expect(large).toMatchObject({ record: {}, problems: [expect.stringContaining('1048577')] })
    const noise = decodeKadMessage(Buffer.concat(Array.from({ length: 5000 }, () => bytesField(8, 'x'))))
    expect(noise.problems.length).toBeLessThanOrEqual(20)
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(decodeKadMessage(bytes).problems).toBeInstanceOf(Array)
      }),
      { numRuns: 500 },
    )
  })

  it('never throws for a message with any bytes changed or cut off', () => {
    const change = fc.record({ at: fc.nat({ max: whole.length - 1 }), to: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat({ max: whole.length }), (changes, length) => {
        const bytes = Buffer.from(whole)
        for (const { at, to } of changes) bytes[at] = to
        const message = decodeKadMessage(bytes.subarray(0, length))
        expect(message.closer.length + message.providers.length).toBeLessThan(10)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the decoder of /ipfs/kad/1.0.0', () => {
  it('shows a message as JSON, bytes in base64', () => {
    expect(decoderOf('/ipfs/kad/1.0.0', { local: '', remote: '' })?.read('sent', framed(whole))).toEqual([
      {
        type: 'GET_VALUE',
        key: Buffer.from('/v/key').toString('base64'),
        clusterLevel: 3,
        record: expect.objectContaining({ value: 'dmFsdWU=', timeReceived: '2026-01-02T03:04:05Z' }),
        closer: [peer],
        providers: [peer],
      },
    ])
  })

  it('is that of other prefixes, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
        const decoder = decoderOf('/test/kad/1.0.0', { local: '', remote: '' })
        for (const piece of pieces) expect(decoder?.read('received', piece)).toBeInstanceOf(Array)
      }),
    )
  })
})
