import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitise, sanitiseRecord, toJsonLine } from '../../src/lib/output/sanitise.ts'

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
/** Any UTF-16, lone surrogates too, with the code points that matter drawn often. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 0x9f }),
      fc.constantFrom(0x1b, 0x202e, 0x2066, 0xfeff, 0x200b, 0x2028, 0x2029, 0xad, 0xd800, 0xdfff),
    ),
  )
  .map((units) => String.fromCharCode(...units))

describe('sanitise', () => {
  it('leaves no control, format or surrogate code point', () => {
    fc.assert(fc.property(anyText, (text) => !unsafe.test(sanitise(text))))
  })

  it('changes nothing of what is safe already', () => {
    fc.assert(fc.property(anyText, (text) => sanitise(sanitise(text)) === sanitise(text)))
    const fine = 'go-libp2p/0.51 «ünïcode» 日本語 🦀 /ipfs/id/1.0.0 {"a":1}'
    expect(sanitise(fine)).toBe(fine)
  })

  it.each([
    ['an escape sequence', '\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
    ['a C1 control sequence', '\u009b2J', '\\u{9b}2J'],
    ['a new line', 'agent\nerror: fake', 'agent\\u{a}error: fake'],
    ['a carriage return', 'shown\rhidden', 'shown\\u{d}hidden'],
    ['a bidi override', 'gpj.\u202eexe', 'gpj.\\u{202e}exe'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['a tag character beyond the BMP', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ])('shows %s as its escape', (_name, text, shown) => {
    expect(sanitise(text)).toBe(shown)
  })
})

describe('toJsonLine', () => {
  it('prints one line of valid, sanitised JSON for any strings', () => {
    const record = fc.record({ agentVersion: anyText, protocols: fc.array(anyText), error: fc.record({ m: anyText }) })
    fc.assert(
      fc.property(record, (value) => {
        const line = toJsonLine({ type: 'identity', ...value })
        expect(line).not.toMatch(unsafe)
        expect(line.startsWith('{"type":"identity"')).toBe(true)
        expect(JSON.parse(line).protocols).toEqual(value.protocols.map(sanitise))
        expect(JSON.parse(line).error.m).toBe(sanitise(value.error.m))
      }),
    )
  })

  it('keeps the order of keys and leaves out those without a value', () => {
    expect(toJsonLine({ type: 'x', b: 1, a: undefined, c: { z: [true, 'é'] } })).toBe(
      '{"type":"x","b":1,"c":{"z":[true,"é"]}}',
    )
  })
})

it('toJsonLine rounds fractions to three digits, and leaves strings that look like some', () => {
  const line = toJsonLine({ type: 'x', elapsedMs: 1511.9751809999998, count: 7, text: '0.123456', list: [0.0004] })
  expect(line).toBe('{"type":"x","elapsedMs":1511.975,"count":7,"text":"0.123456","list":[0]}')
})

describe('sanitiseRecord', () => {
  it('sanitises strings at every depth and leaves the record itself alone', () => {
    const record = { type: 'x', list: ['\u001b', { deep: 'a\nb' }], n: 3 }
    expect(sanitiseRecord(record)).toEqual({ type: 'x', list: ['\\u{1b}', { deep: 'a\\u{a}b' }], n: 3 })
    expect(record.list[0]).toBe('\u001b')
  })
})
