import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base58btc } from '../../src/lib/addresses/multiaddr/multibase.ts'
import { encodePositional } from '../../src/lib/addresses/multiaddr/positional.ts'
import { encodeVarint } from '../../src/lib/addresses/multiaddr/varint.ts'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { parseMultiaddr } from '../../src/lib/operations/parse-multiaddr.ts'
import type { MultiaddrRecord } from '../../src/lib/records/multiaddr.ts'

const multihash = fc.uint8Array({ maxLength: 300 }).map(identityOf)
const name = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('/', '.'))

const component = fc.oneof(
  fc.constantFrom('/ws', '/tls', '/p2p-circuit', '/quic-v1', '/plaintextv2'),
  fc.ipV4().map((value) => `/ip4/${value}`),
  fc.ipV6().map((value) => `/ip6/${value}`),
  fc.nat(65535).map((value) => `/tcp/${value}`),
  fc.bigInt(0n, 2n ** 64n - 1n).map((value) => `/memory/${value}`),
  name.map((value) => `/dns/${value}`),
  name.map((value) => `/http-path/${encodeURIComponent(value.toWellFormed())}`),
  multihash.map((value) => `/p2p/${encodePositional(value, base58btc)}`),
  multihash.map((value) => `/certhash/f${value.toString('hex')}`),
)
const address = fc.array(component, { minLength: 1, maxLength: 8 }).map((components) => components.join(''))

/** The record, or undefined where the address is refused as it should be. */
function parsed(text: string): MultiaddrRecord | undefined {
  try {
    return parseMultiaddr(text)
  } catch (error) {
    expect(error).toBeInstanceOf(ToolkitError)
    if (error instanceof ToolkitError) {
      expect({ code: error.code, layer: error.layer }).toEqual({ code: 'usage', layer: 'address' })
      expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }
    return undefined
  }
}

/** What was accepted once is accepted in its normal form, in text and in bytes, and stays as it is. */
function expectStable(record: MultiaddrRecord | undefined): void {
  if (record === undefined) return
  expect(parseMultiaddr(record.packed)).toEqual(record)
  // where a value is not UTF-8, its text says less than its bytes
  if (!record.string.includes('\ufffd')) expect(parseMultiaddr(record.string)).toEqual(record)
}

describe('parseMultiaddr', () => {
  it('keeps well-formed addresses stable', () => {
    fc.assert(
      fc.property(address, (text) => {
        const record = parsed(text)
        expect(record).toBeDefined()
        expectStable(record)
      }),
    )
  })

  it('refuses or keeps stable what was damaged', () => {
    fc.assert(
      fc.property(address, fc.nat(), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }), (text, at, cut, put) => {
        const from = at % (text.length + 1)
        expectStable(parsed(text.slice(0, from) + put + text.slice(from + cut)))
      }),
    )
  })

  it('refuses or keeps stable damaged bytes', () => {
    fc.assert(
      fc.property(address, fc.nat(), fc.nat(255), fc.nat(), (text, at, byte, length) => {
        const packed = Buffer.from(parseMultiaddr(text).packed.slice(2), 'hex')
        packed[at % packed.length] = byte
        expectStable(parsed(`0x${packed.toString('hex')}`))
        expectStable(parsed(`0x${packed.subarray(0, length % packed.length).toString('hex')}`))
      }),
    )
  })

  it('refuses or keeps stable random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => expectStable(parsed(`0x${Buffer.from(bytes).toString('hex')}`))),
      { numRuns: 500 },
    )
  })

  // each once took seconds or minutes
  it.each([
    ['a number', () => `/tcp/${'0'.repeat(1e6)}x`],
    ['a peer ID', () => `/p2p/1${'z'.repeat(1e6)}`],
    ['slashes', () => `/ws${'/'.repeat(1e6)}x`],
    ['groups', () => `/ip6/${'1:'.repeat(500_000)}`],
  ])('refuses %s of 1 MB', (_, text) => {
    expect(parsed(text())).toBeUndefined()
  })

  it.each([
    ['a peer ID', () => `/p2p/${encodePositional(identityOf(Buffer.alloc(500_000, 171)), base58btc)}`],
    ['a packed peer ID', () => `0xa503a3c21e${identityOf(Buffer.alloc(499_999, 171)).toString('hex')}`],
    ['components', () => '/dns/a'.repeat(166_666)],
    ['escapes', () => `/http-path/${'%2F'.repeat(333_333)}`],
  ])('reads %s of 1 MB', (_, text) => {
    expect(parsed(text())).toBeDefined()
  })
})

function identityOf(digest: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(0), encodeVarint(digest.length), digest])
}
