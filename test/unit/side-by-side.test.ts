import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sideBySide } from '../../src/lib/operations/side-by-side.ts'
import { collect } from '../support/collect.ts'

describe('sideBySide', () => {
  it('does everything once, in order of beginning, and never more at once than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (turns, atOnce) => {
          const begun: number[] = []
          let [underWay, most] = [0, 0]
          const results = await collect(
            sideBySide([...turns.entries()], atOnce, async ([index, count]) => {
              begun.push(index)
              most = Math.max(most, ++underWay)
              for (let turn = 0; turn <= count; turn++) await setImmediate()
              underWay--
              return index
            }),
          )
          expect(begun).toEqual([...turns.keys()])
          expect(results.toSorted((a, b) => a - b)).toEqual(begun)
          expect(most).toBe(Math.min(atOnce, turns.length))
        },
      ),
    )
  })

  it('gives a result as soon as it is there', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const results = sideBySide(['slow', 'fast'], 2, async (thing) => (thing === 'slow' ? await promise : thing))
    expect((await results.next()).value).toBe('fast')
    resolve('slow')
    expect((await results.next()).value).toBe('slow')
  })

  it('throws what one throws', async () => {
    const failing = sideBySide([1, 2, 3], 2, async (thing) => {
      if (thing === 2) throw new Error('two')
      return thing
    })
    await expect(collect(failing)).rejects.toThrow('two')
  })
})
