import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { protocolCandidatesOf } from '../../src/lib/operations/scan-candidates.ts'
import { isNegotiable, protocolListOf } from '../../src/lib/protocols/multistream-list.ts'
import { wellKnownProtocols } from '../../src/lib/protocols/well-known.ts'
import { multistreamLine } from '../support/raw-peer.ts'

const protocol = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const listOf = (protocols: string[]) => Buffer.concat([...protocols.map(multistreamLine), Buffer.from('\n')])

describe('protocolListOf', () => {
  it('reads back every list', () => {
    fc.assert(
      fc.property(fc.array(protocol, { maxLength: 50 }), (protocols) => {
        expect(protocolListOf(listOf(protocols))).toEqual(protocols)
      }),
    )
  })

  it('reads any bytes, or refuses them with a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(protocolListOf(bytes).length).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })

  it('keeps 1,000 of them', () => {
    const many = Array.from({ length: 1500 }, (_, index) => `/p/${index}`)
    expect(protocolListOf(listOf(many))).toEqual(many.slice(0, 1000))
  })

  it.each([
    ['no empty line at the end', multistreamLine('/a')],
    ['more behind it', Buffer.concat([listOf(['/a']), Buffer.from([0])])],
    ['a line without a newline', Buffer.from([2, 0x2f, 0x61, 0x0a])],
    ['nothing', new Uint8Array(0)],
    ['a length beyond every number', Buffer.alloc(20, 0xff)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => protocolListOf(bytes)).toThrow(RangeError)
  })
})

describe('isNegotiable', () => {
  it.each(['/echo/1.0.0', 'x', '/ünï/1', `/${'x'.repeat(1021)}`])('takes %s', (name) => {
    expect(isNegotiable(name)).toBe(true)
  })

  it.each(['', 'na', 'ls', '/multistream/1.0.0', '/a\n', '/a\n/b', '/a ', `/${'x'.repeat(1022)}`, '/\ud800'])(
    'refuses %j',
    (name) => {
      expect(isNegotiable(name)).toBe(false)
    },
  )
})

describe('protocolCandidatesOf', () => {
  it('names each protocol once, with who claims it', () => {
    const { candidates, leftOut } = protocolCandidatesOf(['/mine/1', '/ipfs/ping/1.0.0'], {
      identified: ['/mine/1', '/theirs/1', '/theirs/1'],
      listed: ['/listed/1'],
    })
    expect(leftOut).toBe(0)
    expect(candidates).toHaveLength(wellKnownProtocols.length + 3)
    const of = (name: string) => candidates.filter((candidate) => candidate.protocol === name)
    expect(of('/mine/1')).toEqual([{ protocol: '/mine/1', claimed: true, listed: false }])
    expect(of('/theirs/1')).toEqual([{ protocol: '/theirs/1', claimed: true, listed: false }])
    expect(of('/listed/1')).toEqual([{ protocol: '/listed/1', claimed: true, listed: true }])
    expect(of('/ipfs/ping/1.0.0')).toEqual([expect.objectContaining({ claimed: false, listed: false, name: 'ping' })])
  })

  it('leaves out claims, and nothing that the user names', () => {
    const asked = Array.from({ length: 100 }, (_, index) => `/asked/${index}`)
    const identified = Array.from({ length: 3000 }, (_, index) => `/claimed/${index}`)
    const { candidates, leftOut } = protocolCandidatesOf(asked, { identified })
    expect(candidates).toHaveLength(1200)
    expect(leftOut).toBe(100 + wellKnownProtocols.length + 3000 - 1200)
    expect(candidates.slice(0, 100).map((candidate) => candidate.protocol)).toEqual(asked)
    expect(candidates[0]).not.toHaveProperty('listed')
  })
})

describe('wellKnownProtocols', () => {
  it('can all be asked for, each once', () => {
    const names = wellKnownProtocols.map((entry) => entry.protocol)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !isNegotiable(name))).toEqual([])
  })
})
