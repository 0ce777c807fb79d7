import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeHolders } from '../../src/lib/operations/dht/holder-status.ts'
import type { KnownPeer } from '../../src/lib/operations/dht/known-peer.ts'
import type { Verdict } from '../../src/lib/operations/dht/validate.ts'
import { ValueTally } from '../../src/lib/operations/dht/value-tally.ts'
import { heldOf } from '../support/collectable.ts'

const peerAt = (hops: number): KnownPeer => ({
  target: { label: '', addresses: [] },
  hops,
  state: 'answered',
  distance: new Uint8Array(32),
  spare: [],
  tries: 1,
})
const expires = new Date('2999-01-01T00:00:00Z')
const ipns = (sequence: bigint): Verdict => ({ is: 'valid', entry: { value: '', sequence, expires } })
const bytes = (text: string) => Buffer.from(text)

/** The tally of values that an own peer gave each; an IPNS record is its sequence and a letter. */
function tallyOf(...texts: string[]): ValueTally {
  const tally = new ValueTally()
  for (const [hops, text] of texts.entries())
    tally.add({ value: bytes(text), verdict: verdictOf(text), from: peerAt(hops) })
  return tally
}

function verdictOf(text: string): Verdict {
  return /^\d/.test(text) ? ipns(BigInt(Number.parseInt(text, 10))) : { is: 'unchecked' }
}

describe('ValueTally', () => {
  it.each<[string, string[], string, number, boolean]>([
    ['the only one', ['a'], 'a', 1, false],
    ['what most gave', ['a', 'b', 'b'], 'b', 2, false],
    ['the first of as many', ['a', 'b', 'c'], 'a', 1, true],
    ['the first that as many gave', ['c', 'a', 'b', 'b', 'a'], 'b', 2, true],
    ['the higher sequence, however few gave it', ['1a', '1a', '2a', '1a'], '2a', 1, false],
    ['what most gave of the highest sequence', ['2a', '1a', '2b', '2b'], '2b', 2, false],
  ])('takes %s', (_name, texts, best, givers, isTied) => {
    const tally = tallyOf(...texts)
    expect(Buffer.from(tally.best?.value ?? []).toString()).toBe(best)
    expect(tally.best?.givers).toBe(givers)
    expect(tally.best?.from.hops).toBe(texts.indexOf(best))
    expect(tally.isTied).toBe(isTied)
  })

  it('is what holders are judged by: the best is in conflict where it is tied, and only there', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', '1a', '2a', '2b'), { minLength: 1, maxLength: 12 })
    const oneNamespace = texts.filter((list) => new Set(list.map((text) => /^\d/.test(text))).size === 1)
    fc.assert(
      fc.property(oneNamespace, (list) => {
        const tally = tallyOf(...list)
        const held = list.map((text, hops) => ({ peer: peerAt(hops), value: bytes(text), verdict: verdictOf(text) }))
        const judged = judgeHolders(held).filter(
          ({ value }) => value !== undefined && Buffer.compare(value, tally.best?.value ?? bytes('')) === 0,
        )
        expect(judged.length).toBe(tally.best?.givers)
        expect(new Set(judged.map(({ status }) => status === 'conflict'))).toEqual(new Set([tally.isTied]))
      }),
    )
  })

  it('keeps the best value alone, and counts the others by their hashes', async () => {
    const tally = new ValueTally()
    const given: Array<WeakRef<object>> = []
    for (let index = 0; index < 200; index++) {
      const value = Buffer.alloc(64 * 1024, index)
      given.push(new WeakRef(value))
      tally.add({ value, verdict: { is: 'unchecked' }, from: peerAt(index) })
    }
    // the best, and what the engine itself has not let go of
    expect(await heldOf(given)).toBeLessThan(10)
    expect(tally.givers).toBe(200)
    expect(tally.giversOf(Buffer.alloc(64 * 1024, 199))).toBe(1)
  })
})
