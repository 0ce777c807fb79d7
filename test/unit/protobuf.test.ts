import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldsOf, readVarint, type WireField, writeVarint } from '../../src/lib/protocols/protobuf.ts'

const number = fc.integer({ min: 1, max: 2 ** 29 - 1 })
const field: fc.Arbitrary<WireField> = fc.oneof(
  fc.record({ number, kind: fc.constant('varint' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ number, kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ number, kind: fc.constant('fixed' as const), value: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
  fc.record({ number, kind: fc.constant('fixed' as const), value: fc.uint8Array({ minLength: 8, maxLength: 8 }) }),
)

/** An encoder of the test's own, after https://protobuf.dev/programming-guides/encoding/. */
function encode({ number, kind, value }: WireField): number[] {
  const tag = (wireType: bigint) => varint((BigInt(number) << 3n) | wireType)
  if (kind === 'varint') return [...tag(0n), ...varint(value)]
  if (kind === 'bytes') return [...tag(2n), ...varint(BigInt(value.length)), ...value]
  return [...tag(value.length === 4 ? 5n : 1n), ...value]
}

function varint(value: bigint): number[] {
  return value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)]
}

const copy = (read: WireField): WireField =>
  read.kind === 'varint' ? read : { ...read, value: Uint8Array.from(read.value) }

/** What came out before the reader gave up, if it did. */
function readAll(bytes: Uint8Array): { fields: WireField[]; error?: unknown } {
  const fields: WireField[] = []
  try {
    for (const read of fieldsOf(bytes)) fields.push(copy(read))
    return { fields }
  } catch (error) {
    return { fields, error }
  }
}

describe('fieldsOf', () => {
  it('reads what was written, in order', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), (fields) => {
        expect(readAll(Uint8Array.from(fields.flatMap(encode)))).toEqual({ fields })
      }),
    )
  })

  it('gives out the whole fields of a message that is cut short, then says so', () => {
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (f, at) => {
          const ends = f.map((_, index) => f.slice(0, index + 1).flatMap(encode).length)
          const length = Math.floor(at * (ends.at(-1) ?? 0))
          const read = readAll(Uint8Array.from(f.flatMap(encode)).subarray(0, length))
          expect(read.fields).toEqual(f.filter((_, index) => (ends[index] ?? 0) <= length))
          if (length === 0 || ends.includes(length)) expect(read.error).toBeUndefined()
          else expect(read.error).toBeInstanceOf(RangeError)
        },
      ),
    )
  })

  it('throws nothing but a RangeError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { error } = readAll(bytes)
        if (error !== undefined) expect(error).toBeInstanceOf(RangeError)
      }),
    )
  })

  it.each([
    ['a field of 2^63 bytes', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a group', [0x0b]],
    ['a number of eleven bytes', [0x08, ...Array<number>(11).fill(0x80), 0]],
  ])('refuses %s', (_name, bytes) => {
    expect(readAll(Uint8Array.from(bytes)).error).toBeInstanceOf(RangeError)
  })
})

describe('varints', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = writeVarint(value)
        expect([...bytes]).toEqual(varint(BigInt(value)))
        expect(readVarint(bytes, 0)).toEqual({ value: BigInt(value), end: bytes.length })
      }),
    )
  })
})
