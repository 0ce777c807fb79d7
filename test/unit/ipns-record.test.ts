import { privateKeyToProtobuf } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIpnsName } from '../../src/lib/keys/ipns-name.ts'
import { parseIpnsValue } from '../../src/lib/keys/ipns-value.ts'
import { compareIpnsEntries } from '../../src/lib/protocols/ipns/entry.ts'
import { decodeIpnsRecord, signIpnsRecord, verifyIpnsRecord } from '../../src/lib/protocols/ipns/record.ts'
import { editedIpns, forgedIpns, ipnsBytes, ipnsSigner } from '../support/ipns.ts'

const signer = await ipnsSigner()
const other = await ipnsSigner()
const secp256k1 = await ipnsSigner('secp256k1')
const rsa = await ipnsSigner('RSA')

describe('an IPNS record', () => {
  it.each([
    ['Ed25519', signer],
    ['secp256k1', secp256k1],
    ['RSA', rsa],
  ] as const)('of a key of type %s holds, and carries the key where its name is a hash', async (type, by) => {
    for (const v2 of [false, true]) {
      const bytes = await ipnsBytes(by, { sequence: 2n ** 64n - 1n, v2 })
      expect(await verifyIpnsRecord(by.routingKey, bytes)).toBe('valid')
      const { signer: carried, ...entry } = decodeIpnsRecord(bytes)
      expect(entry).toEqual({
        value: '/ipfs/bafkqaaa',
        sequence: 2n ** 64n - 1n,
        ttl: 300_000_000_000n,
        expires: new Date('2999-01-01T00:00:00Z'),
      })
      expect(carried !== undefined).toBe(type === 'RSA')
    }
  })

  it('of this toolkit is what it was told to be, for any sequence and value', async () => {
    const privateKey = privateKeyToProtobuf(signer.privateKey)
    const value = fc.string({ maxLength: 50 }).map((text) => `/ipfs/bafkqaaa/${text}x`)
    const property = fc.asyncProperty(value, fc.bigInt(0n, 2n ** 64n - 1n), fc.nat(), async (path, sequence, ttlMs) => {
      const bytes = await signIpnsRecord(privateKey, { value: path, sequence, lifetimeMs: 60_000, ttlMs })
      expect(await verifyIpnsRecord(signer.routingKey, bytes)).toBe('valid')
      expect(decodeIpnsRecord(bytes)).toMatchObject({ value: path, sequence, ttl: BigInt(ttlMs) * 1_000_000n })
    })
    await fc.assert(property, { numRuns: 50 })
  })

  it('that is forged, another name’s, too long or cut short does not hold', async () => {
    const faults = [
      await forgedIpns(signer),
      await ipnsBytes(other),
      await ipnsBytes(rsa),
      await ipnsBytes(signer, { value: `/ipfs/${'x'.repeat(10 * 1024)}` }),
      (await ipnsBytes(signer)).subarray(0, -1),
      new Uint8Array(0),
    ]
    for (const bytes of faults) {
      expect(await verifyIpnsRecord(signer.routingKey, bytes)).toEqual({ fault: expect.stringMatching(/./) })
    }
  })

  it.each([
    ['2999-01-01', '2999-13-01'],
    ['2999-01-01T', '2999-01-01 '],
    ['2999-01-01T00:00:00.000000000Z', 'one day, when we all have died'],
  ])('that was signed with the validity of %s as %s does not hold', async (from, to) => {
    const bytes = await editedIpns(signer, from, to)
    expect(await verifyIpnsRecord(signer.routingKey, bytes)).toEqual({ fault: 'its validity is not a time' })
    expect(await verifyIpnsRecord(signer.routingKey, await editedIpns(signer, from, from))).toBe('valid')
  })

  it('that has expired is told apart from one that never held', async () => {
    const expires = '1999-01-01T00:00:00.000000000Z'
    expect(await verifyIpnsRecord(signer.routingKey, await ipnsBytes(signer, { expires }))).toBe('expired')
    const forged = await forgedIpns(signer, { expires })
    expect(await verifyIpnsRecord(signer.routingKey, forged)).toHaveProperty('fault')
  })

  it('is decoded, or refused by an Error, whatever the bytes are', async () => {
    const honest = await ipnsBytes(signer)
    const flipped = fc.tuple(fc.nat(honest.length - 1), fc.integer({ min: 1, max: 255 }))
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      flipped.map(([at, bits]) => Uint8Array.from(honest, (byte, index) => (index === at ? byte ^ bits : byte))),
    )
    const property = fc.asyncProperty(bytes, async (record) => {
      const verdict = await verifyIpnsRecord(signer.routingKey, record)
      if (typeof verdict === 'object') expect(verdict.fault).not.toBe('')
      else expect(decodeIpnsRecord(record).sequence).toBe(1n)
    })
    await fc.assert(property)
  })

  it('is better than another by its sequence, then by its validity', () => {
    const entry = (sequence: bigint, year: number) => ({ value: '', sequence, expires: new Date(`${year}-01-01Z`) })
    expect(compareIpnsEntries(entry(2n, 2000), entry(1n, 2999))).toBeGreaterThan(0)
    expect(compareIpnsEntries(entry(1n, 2000), entry(1n, 2999))).toBeLessThan(0)
    expect(compareIpnsEntries(entry(1n, 2000), entry(1n, 2000))).toBe(0)
  })
})

describe('an IPNS name', () => {
  it.each(['', '/ipns/'])('is a peer ID in any encoding, behind %j', (before) => {
    for (const text of [signer.peerId, signer.name]) {
      const { text: name, key } = parseIpnsName(before + text)
      expect({ name, ...key }).toEqual({ name: signer.name, text: signer.key, bytes: signer.routingKey })
    }
  })

  it.each(['', 'example.com', '/ipns/example.com', '/ipfs/bafkqaaa', 'bafkqaaa', '/ipns/', '/ipns//ipns/x'])(
    'is not %j',
    (text) => {
      expect(() => parseIpnsName(text)).toThrow('not an IPNS name')
    },
  )
})

describe('the value of an IPNS record', () => {
  it.each([
    ['bafkqaaa', '/ipfs/bafkqaaa'],
    ['/ipfs/bafkqaaa', '/ipfs/bafkqaaa'],
    ['/ipfs/bafkqaaa/a b', '/ipfs/bafkqaaa/a b'],
    ['/ipns/example.com/x', '/ipns/example.com/x'],
    ['QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n', '/ipfs/QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n'],
    [signer.peerId, `/ipns/${signer.name}`],
    [signer.name, `/ipns/${signer.name}`],
  ])('%s means %s', (text, path) => {
    expect(parseIpnsValue(text)).toBe(path)
  })

  it.each([
    '',
    '/',
    '/ipfs/',
    '/ipfs/word',
    '/ipns/',
    '/ipld/bafkqaaa',
    'word',
    'bafkqaaa/x',
    '/ipfs/bafkqaaa x',
    '/ipfs/bafkqaaa/x ',
  ])('is not %j', (text) => {
    expect(() => parseIpnsValue(text)).toThrow('not a value of an IPNS record')
  })
})
