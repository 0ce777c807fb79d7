import fc from 'fast-check'
import { base16upper } from 'multiformats/bases/base16'
import { base36 } from 'multiformats/bases/base36'
import { base64url } from 'multiformats/bases/base64'
import { bases } from 'multiformats/basics'
import { CID } from 'multiformats/cid'
import { create, decode } from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { generateKeyPairOf } from '../../src/lib/keys/generate.ts'
import { peerIdOf } from '../../src/lib/keys/key-pair.ts'
import { keyTypes } from '../../src/lib/keys/key-type.ts'
import { formatPeerId, parsePeerId } from '../../src/lib/keys/peer-id.ts'
import { inspectPeerId } from '../../src/lib/operations/inspect-peer-id.ts'
import { peerIdRecord } from '../../src/lib/records/key.ts'
import { hex, specKeys, specPeerIds } from './key-vectors.ts'

const cidOf = (multihash: Uint8Array, code = 0x72) => CID.createV1(code, decode(multihash))

describe('the spec’s peer IDs', () => {
  it('reads a hash as base58btc and as a CID', () => {
    const record = inspectPeerId(specPeerIds.sha256)
    expect(record).toEqual(inspectPeerId(record.cidBase32))
    expect(record).toEqual(inspectPeerId(record.cidBase36))
    expect(Object.keys(peerIdRecord.parse(record))).not.toContain('publicKey')
    expect(record).not.toHaveProperty('keyType')
    expect(inspectPeerId(specPeerIds.sha256Cid).cidBase32).toBe(specPeerIds.sha256Cid)
  })

  it('finds the public key that an identity multihash holds', () => {
    const record = peerIdRecord.parse(inspectPeerId(specPeerIds.ed25519))
    expect(record).toMatchObject({ peerId: specPeerIds.ed25519, keyType: 'ed25519' })
    expect(record.multihash).toBe(`0024${Buffer.from(record.publicKey ?? '', 'base64').toString('hex')}`)
    expect(record.cidBase36).toMatch(/^k51/)
    expect(record.cidBase32).toMatch(/^bafz/)
  })
})

describe.each(keyTypes)('the peer ID of a %s key', (keyType) => {
  it('is read back from every multibase', async () => {
    const text = peerIdOf(await generateKeyPairOf(keyType))
    expect(text).toMatch({ ed25519: /^12D3/, secp256k1: /^16Uiu2HA/, rsa: /^Qm/ }[keyType])
    const { multihash } = parsePeerId(text)
    const encoders = Object.values(bases).filter((base) => base.name !== 'identity')
    expect(encoders.length).toBeGreaterThan(20)
    for (const base of encoders) expect(formatPeerId(parsePeerId(base.encode(cidOf(multihash).bytes)))).toBe(text)
    expect(peerIdRecord.parse(inspectPeerId(text)).keyType).toBe(keyType === 'rsa' ? undefined : keyType)
  })
})

describe('what is not a peer ID', () => {
  const { multihash } = parsePeerId(specPeerIds.ed25519)
  const identity = (bytes: Uint8Array) => base36.encode(cidOf(create(0, bytes).bytes).bytes)
  const swapped = Buffer.concat([hex('1220'), hex(specKeys.ed25519.publicKey).subarray(4), hex('0801')])
  it.each([
    ['a CID of raw', base36.encode(cidOf(multihash, 0x55).bytes), /a CID of raw \(0x55\), not of libp2p-key/],
    ['a CID of dag-pb', base64url.encode(cidOf(multihash, 0x70).bytes), /dag-pb/],
    ['a CID of another codec', base16upper.encode(cidOf(multihash, 0x1234).bytes), /0x1234/],
    ['a CIDv0 in a multibase', `z${specPeerIds.sha256}`, /CIDv0/],
    ['a multihash of sha2-512', base36.encode(cidOf(create(0x13, Buffer.alloc(64)).bytes).bytes), /neither identity/],
    ['a short sha2-256', base36.encode(cidOf(create(0x12, Buffer.alloc(31)).bytes).bytes), /neither identity/],
    ['an inlined RSA key', identity(hex(specKeys.rsa.publicKey).subarray(0, 43)), /hashed/],
    ['an inlined nothing', identity(Buffer.alloc(0)), /lacks a required field/],
    ['an inlined ECDSA key', identity(hex('08031200')), /ECDSA/],
    ['an inlined short key', identity(hex('080112021234')), /length/],
    ['an uncanonical key', identity(swapped), /canonically/],
    ['a point off the curve', identity(hex(`08021221${'05'.repeat(33)}`)), /not a libp2p public key/],
    ['nothing', '', /neither 1, Qm nor/],
    ['a multiaddr', `/p2p/${specPeerIds.ed25519}`, /does not decode|neither/],
    ['a wrong letter', specPeerIds.sha256.replace(/N$/, '0'), /does not decode/],
    ['a letter less', specPeerIds.ed25519.slice(0, -1), /not a peer ID/],
    ['a space', ` ${specPeerIds.sha256}`, /neither/],
    ['200 kB of base58', `1${'z'.repeat(200_000)}`, /longer than 512/],
  ])('refuses %s', (_name, input, reason) => {
    expect(() => inspectPeerId(input)).toThrow(reason)
    expect(() => inspectPeerId(input)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('whatever text, it is a peer ID or a ToolkitError', () => {
    const prefix = fc.constantFrom('', '1', 'Qm', '12D3KooW', '16Uiu2HA', 'b', 'z', 'k', 'f', 'u', '0', '🚀', 'bafz')
    const valid = fc.constantFrom(...Object.values(specPeerIds))
    const mutated = fc.tuple(valid, fc.nat(70), fc.string({ maxLength: 2 })).map(([text, at, put]) => {
      return text.slice(0, at) + put + text.slice(at + 1)
    })
    const input = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(prefix, fc.string()).map((parts) => parts.join('')),
      mutated,
    )
    const property = fc.property(input, (text) => {
      try {
        peerIdRecord.parse(inspectPeerId(text))
      } catch (error) {
        expect(error).toBeInstanceOf(ToolkitError)
      }
    })
    fc.assert(property, { numRuns: 5000 })
  })
})
