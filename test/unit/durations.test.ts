import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../src/lib/command/durations.ts'

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['30', 30_000],
    ['1.5', 1500],
    ['0.25s', 250],
    ['0', 0],
    ['2147483647ms', 2 ** 31 - 1],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', ' ', 's', '-1s', '+5', '1e3', '0x10', '5 s', '5sec', '5S', '1,5', 'Infinity', 'NaN', '٣s', '1..5s'])(
    'refuses %j as usage',
    (text) => {
      expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'usage' }))
    },
  )

  it('refuses what a timer cannot wait', () => {
    expect(() => parseDuration('2147483648ms')).toThrow(expect.objectContaining({ code: 'usage' }))
    expect(() => parseDuration('9'.repeat(400))).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
