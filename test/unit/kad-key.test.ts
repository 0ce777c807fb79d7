import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonPrefixLength, distance, kadKey } from '../../src/lib/keys/kad-key.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const place = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('kadKey', () => {
  // FIPS 180-2, appendix B.1, and the digest of nothing
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('is the SHA-256 digest of %j', (text, digest) => {
    expect(hex(kadKey(Buffer.from(text)))).toBe(digest)
  })
})

describe('distance', () => {
  it('is a metric: none to itself, the same both ways, and through a third place by XOR', () => {
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        expect(distance(a, a).every((byte) => byte === 0)).toBe(true)
        expect(distance(a, b)).toEqual(distance(b, a))
        expect(distance(distance(a, b), distance(b, c))).toEqual(distance(a, c))
      }),
    )
  })
})

describe('commonPrefixLength', () => {
  it.each([
    ['80', 0],
    ['7f', 1],
    ['01', 7],
    ['0080', 8],
    ['000001', 23],
  ])('of the distance %s… is %i', (start, length) => {
    expect(commonPrefixLength(Buffer.from(start.padEnd(64, '0'), 'hex'))).toBe(length)
  })

  it('of a place to itself is every bit', () => {
    expect(commonPrefixLength(new Uint8Array(32))).toBe(256)
  })

  it('counts the leading zeros of the distance', () => {
    fc.assert(
      fc.property(place, (apart) => {
        const bits = Array.from(apart, (byte) => byte.toString(2).padStart(8, '0')).join('')
        expect(commonPrefixLength(apart)).toBe(bits.includes('1') ? bits.indexOf('1') : 256)
      }),
    )
  })
})
