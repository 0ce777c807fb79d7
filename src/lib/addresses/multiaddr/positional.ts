import { refuse } from './refusal.ts'

/** Digits of a base that are handled as one number: 58^8 and 36^8 are below 2^53. */
const digitsPerLimb = 8

/** A positional base: its digits in the order of their values, and the value of each ASCII character, 255 for none. */
export interface PositionalBase {
  digits: string
  values: Uint8Array
}

/**
 * Describes a positional base.
 *
 * @param digits - its digits by value, ASCII; 36 or 58 of them
 */
export function positionalBase(digits: string): PositionalBase {
  const values = new Uint8Array(128).fill(255)
  for (let value = 0; value < digits.length; value++) values[digits.charCodeAt(value)] = value
  return { digits, values }
}

/**
 * Reads a number in a positional base, as base58 and base36 write bytes: leading zero digits are leading zero bytes.
 * Halving the text keeps the work below quadratic, since BigInt multiplies faster than that: a value of 1 MB, which
 * is legal for an identity multihash, would otherwise take minutes.
 *
 * @param text - the digits
 * @param base - how it is written
 * @returns the bytes
 * @throws ToolkitError `usage` for no text and for a character that is no digit
 */
export function decodePositional(text: string, base: PositionalBase): Uint8Array {
  if (text === '') refuse(`base${base.digits.length} text is empty`)
  const values = digitValues(text, base)
  const zeros = values.findIndex((value) => value !== 0)
  if (zeros === -1) return new Uint8Array(values.length)
  const hex = toNumber(values, base.digits.length).toString(16)
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')])
}

/**
 * Writes bytes as a number in a positional base; the inverse of `decodePositional`, and as fast.
 *
 * @param bytes - any bytes; leading zero bytes become leading zero digits
 * @param base - how it is written
 * @returns the digits
 */
export function encodePositional(bytes: Uint8Array, { digits }: PositionalBase): string {
  const firstSet = bytes.findIndex((byte) => byte !== 0)
  const zeros = firstSet === -1 ? bytes.length : firstSet
  const prefix = digits.charAt(0).repeat(zeros)
  if (firstSet === -1) return prefix
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  const powers: bigint[] = []
  for (let power = BigInt(digits.length) ** BigInt(digitsPerLimb); power <= value; power *= power) powers.push(power)
  const values = new Uint8Array(digitsPerLimb * 2 ** powers.length)
  writeDigits(value, powers, digits.length, values)
  const start = values.findIndex((digit) => digit !== 0)
  const codes = Buffer.from(digits)
  return prefix + Buffer.from(values.subarray(start).map((digit) => codes[digit] ?? 0)).toString('latin1')
}

function digitValues(text: string, base: PositionalBase): Uint8Array {
  const values = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const value = base.values[text.charCodeAt(index)] ?? 255
    if (value === 255) refuse(`character ${index + 1} is not a base${base.digits.length} digit`)
    values[index] = value
  }
  return values
}

/** Joins limbs in pairs, then pairs of pairs: each level squares the power that separates neighbours. */
function toNumber(values: Uint8Array, base: number): bigint {
  let limbs: bigint[] = []
  let limb = 0
  for (let index = 0; index < values.length; index++) {
    limb = limb * base + (values[index] ?? 0)
    if ((values.length - index - 1) % digitsPerLimb !== 0) continue
    limbs.push(BigInt(limb))
    limb = 0
  }
  let power = BigInt(base) ** BigInt(digitsPerLimb)
  while (limbs.length > 1) {
    const odd = limbs.length % 2
    const joined = limbs.slice(0, odd)
    for (let index = odd; index < limbs.length; index += 2) {
      joined.push((limbs[index] ?? 0n) * power + (limbs[index + 1] ?? 0n))
    }
    limbs = joined
    if (limbs.length > 1) power *= power
  }
  return limbs[0] ?? 0n
}

/** Writes a number right-aligned: the halves on either side of the largest power, then theirs. */
function writeDigits(value: bigint, powers: bigint[], base: number, values: Uint8Array): void {
  const level = values.length / digitsPerLimb
  const power = powers[Math.log2(level) - 1]
  if (power === undefined) {
    writeLimb(Number(value), base, values)
    return
  }
  const high = value / power
  const middle = values.length / 2
  writeDigits(high, powers, base, values.subarray(0, middle))
  writeDigits(value - high * power, powers, base, values.subarray(middle))
}

/** Two halves of four digits, since small whole numbers divide much faster. */
function writeLimb(limb: number, base: number, values: Uint8Array): void {
  const half = base ** 4
  const high = Math.floor(limb / half)
  writeHalf(high, base, values, 3)
  writeHalf(limb - high * half, base, values, 7)
}

function writeHalf(half: number, base: number, values: Uint8Array, last: number): void {
  for (let rest = half, at = last; at > last - 4; at--) {
    values[at] = rest % base
    rest = Math.floor(rest / base)
  }
}
