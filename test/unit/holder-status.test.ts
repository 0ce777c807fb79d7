import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { type Held, judgeHolders } from '../../src/lib/operations/dht/holder-status.ts'
import type { KnownPeer } from '../../src/lib/operations/dht/known-peer.ts'

const peer: KnownPeer = {
  target: { label: '', addresses: [] },
  hops: 0,
  state: 'answered',
  distance: new Uint8Array(32),
  spare: [],
  tries: 0,
}
const expires = new Date('2999-01-01T00:00:00Z')
const unchecked = (text: string): Held => ({ peer, value: Buffer.from(text), verdict: { is: 'unchecked' } })
const ipns = (sequence: bigint, text = '', until = expires): Held => ({
  peer,
  value: Buffer.from(`${sequence}${until.toISOString()}${text}`),
  verdict: { is: 'valid', entry: { value: text, sequence, expires: until } },
})
const publicKey: Held = { peer, value: Buffer.from('key'), verdict: { is: 'valid' } }
const none: Held = { peer }
const invalid: Held = { peer, value: Buffer.from('x'), verdict: { is: 'invalid', fault: 'no' } }
const failed: Held = { peer, failure: new ToolkitError('timeout', 'no answer') }
const statuses = (...held: Held[]) => judgeHolders(held).map(({ status }) => status)

describe('judgeHolders', () => {
  it.each<[string, Held[], string[]]>([
    ['nobody', [], []],
    ['one each', [none, invalid, failed, unchecked('a')], ['missing', 'invalid', 'failed', 'unchecked']],
    ['the same public key', [publicKey, publicKey], ['valid', 'valid']],
    ['an older sequence', [ipns(1n), ipns(2n), ipns(1n)], ['stale', 'valid', 'stale']],
    ['a shorter validity', [ipns(1n, '', new Date(0)), ipns(1n)], ['stale', 'valid']],
    ['the same rank', [ipns(2n, 'a'), ipns(2n, 'b'), ipns(1n)], ['conflict', 'conflict', 'stale']],
    ['few against many', [unchecked('a'), unchecked('b'), unchecked('a')], ['unchecked', 'conflict', 'unchecked']],
    ['as many as others', [unchecked('a'), unchecked('b'), none], ['conflict', 'conflict', 'missing']],
  ])('tells %s', (_name, held, expected) => {
    expect(statuses(...held)).toEqual(expected)
  })

  it('says why', () => {
    const reasons = judgeHolders([ipns(1n), ipns(2n), invalid, failed]).map(({ reason }) => reason)
    expect(reasons).toEqual(['the best has sequence 2', undefined, 'no', 'no answer'])
    const [shorter] = judgeHolders([ipns(2n, '', new Date(0)), ipns(2n)])
    expect(shorter?.reason).toBe('the best is valid until 2999-01-01T00:00:00.000Z')
    const conflict = judgeHolders([unchecked('a'), unchecked('a'), unchecked('b')])
    expect(conflict.map(({ reason }) => reason)).toEqual([undefined, undefined, '2 gave another value, 1 this one'])
  })

  it('judges alike in every order', () => {
    const any = fc.constantFrom(none, invalid, failed, ipns(1n), ipns(2n), ipns(2n, 'a'))
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (held) => {
        const backwards = judgeHolders(held.toReversed()).toReversed()
        expect(backwards).toEqual(judgeHolders(held))
      }),
    )
  })
})
