import { refuse } from './refusal.ts'

const pad = '='.charCodeAt(0)
const carriageReturn = '\r'.charCodeAt(0)
const lineFeed = '\n'.charCodeAt(0)

/** Bytes that a group of 0 to 8 digits holds; groups of 1, 3 and 6 digits cannot be, and Go reads nothing from them. */
const bytesOfGroup = [0, 0, 1, 0, 2, 3, 0, 4, 5] as const

/** A way of writing base32: the value of each ASCII character (255 for none), and whether groups are padded. */
export interface Base32Variant {
  values: Uint8Array
  padded: boolean
}

/**
 * Describes a way of writing base32 (RFC 4648).
 *
 * @param digits - the 32 digits by value
 * @param padded - whether `=` fills the last group
 * @param anyCase - whether letters of the other case stand for the same digit
 */
export function base32Variant(digits: string, padded: boolean, anyCase: boolean): Base32Variant {
  const values = new Uint8Array(256).fill(255)
  for (let value = 0; value < digits.length; value++) {
    const digit = digits.charAt(value)
    for (const form of anyCase ? [digit.toLowerCase(), digit.toUpperCase()] : [digit]) {
      values[form.charCodeAt(0)] = value
    }
  }
  return { values, padded }
}

/**
 * Reads base32 over its own text, with go's tolerance: line breaks are passed over, left-over bits and a few
 * characters after the padding are not looked at.
 *
 * @param buffer - the text as UTF-8; its front is overwritten by the bytes that were read
 * @param variant - how it is written
 * @returns how many bytes at the front of `buffer` are the result
 * @throws ToolkitError `usage` for a character that is no digit, and for padding that is missing or misplaced
 */
export function decodeBase32InPlace(buffer: Uint8Array, variant: Base32Variant): number {
  const length = dropLineBreaks(buffer)
  const group = new Uint8Array(8)
  let size = 0
  let at = 0
  let ended = false
  while (at < length && !ended) {
    let digits = 0
    group.fill(0)
    while (digits < 8 && !ended) {
      if (at === length) {
        if (variant.padded) refuse('base32 padding is missing')
        break
      }
      const byte = buffer[at++] ?? 0
      if (variant.padded && byte === pad && digits >= 2 && length - at < 8) {
        requirePadding(buffer.subarray(at, length), digits)
        ended = true
        break
      }
      const value = variant.values[byte] ?? 255
      if (value === 255) refuse('a character is not a base32 digit')
      group[digits++] = value
    }
    const bytes = unpack(group).subarray(0, bytesOfGroup[digits])
    buffer.set(bytes, size)
    size += bytes.length
  }
  return size
}

/**
 * Reads base32; see `decodeBase32InPlace`.
 *
 * @param text - the text
 * @param variant - how it is written
 * @returns the bytes
 * @throws ToolkitError `usage` for text that go refuses
 */
export function decodeBase32(text: string, variant: Base32Variant): Uint8Array {
  const buffer = Buffer.from(text)
  return buffer.subarray(0, decodeBase32InPlace(buffer, variant))
}

function dropLineBreaks(buffer: Uint8Array): number {
  let length = 0
  for (const byte of buffer) {
    if (byte !== carriageReturn && byte !== lineFeed) buffer[length++] = byte
  }
  return length
}

function requirePadding(rest: Uint8Array, digits: number): void {
  const needed = 7 - digits
  if (rest.length < needed || rest.subarray(0, needed).some((byte) => byte !== pad)) refuse('base32 padding is wrong')
  if (bytesOfGroup[digits] === 0) refuse('base32 padding is wrong')
}

/** Eight digits of 5 bits are five bytes; two halves of 20 bits stay within 32-bit operators. */
function unpack(group: Uint8Array): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = group
  const high = (a << 15) | (b << 10) | (c << 5) | d
  const low = (e << 15) | (f << 10) | (g << 5) | h
  return Uint8Array.of(high >> 12, high >> 4, (high << 4) | (low >> 16), low >> 8, low)
}
