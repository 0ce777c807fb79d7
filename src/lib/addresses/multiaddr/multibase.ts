import { base256emoji } from 'multiformats/bases/base256emoji'
import { base32Variant, decodeBase32 } from './base32.ts'
import { decodePositional, positionalBase } from './positional.ts'
import { quote, refuse } from './refusal.ts'

/** Base58 with its digits in Bitcoin's order. */
export const base58btc = positionalBase('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
const base58flickr = positionalBase('123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ')
const base36 = positionalBase('0123456789abcdefghijklmnopqrstuvwxyz')
const base32Digits = 'abcdefghijklmnopqrstuvwxyz234567'
const base32hexDigits = '0123456789abcdefghijklmnopqrstuv'

const base32 = base32Variant(base32Digits, false, true)
const base32pad = base32Variant(base32Digits, true, true)
const base32hex = base32Variant(base32hexDigits, false, true)
const base32hexpad = base32Variant(base32hexDigits, true, true)

/** Bases that go-multibase 0.2 reads, by prefix. Base 8 and base 10 are in the spec, but not in go. */
const bases = new Map<string, (text: string) => Uint8Array>([
  ['\0', (text) => Buffer.from(text)],
  ['0', decodeBase2],
  ['f', decodeHex],
  ['F', decodeHex],
  ['b', (text) => decodeBase32(text, base32)],
  ['B', (text) => decodeBase32(text, base32)],
  ['c', (text) => decodeBase32(text, base32pad)],
  ['C', (text) => decodeBase32(text, base32pad)],
  ['v', (text) => decodeBase32(text, base32hex)],
  ['V', (text) => decodeBase32(text, base32hex)],
  ['t', (text) => decodeBase32(text, base32hexpad)],
  ['T', (text) => decodeBase32(text, base32hexpad)],
  ['k', decodeBase36],
  ['K', decodeBase36],
  ['z', (text) => decodePositional(text, base58btc)],
  ['Z', (text) => decodePositional(text, base58flickr)],
  ['m', (text) => decodeBase64(text, '+/', false)],
  ['M', (text) => decodeBase64(text, '+/', true)],
  ['u', (text) => decodeBase64(text, '-_', false)],
  ['U', (text) => decodeBase64(text, '-_', true)],
  ['🚀', decodeEmoji],
])

/**
 * Reads multibase text as go-multibase does, its tolerance included.
 *
 * @param text - a prefix and the text in that base
 * @returns the bytes
 * @throws ToolkitError `usage` for a prefix that go does not know and for text that is not of that base
 */
export function decodeMultibase(text: string): Uint8Array {
  const prefix = String.fromCodePoint(text.codePointAt(0) ?? refuse('multibase text is empty'))
  const decode = bases.get(prefix) ?? refuse(`"${quote(prefix)}" is not a known multibase prefix`)
  return decode(text.slice(prefix.length))
}

/**
 * Reads hexadecimal text.
 *
 * @param text - digits of either case, in pairs
 * @returns the bytes
 * @throws ToolkitError `usage` for another character and for an odd number of digits
 */
export function decodeHex(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]*$/.test(text)) refuse('a character is not a hexadecimal digit')
  if (text.length % 2 !== 0) refuse('the number of hexadecimal digits is odd')
  return Buffer.from(text, 'hex')
}

/**
 * Reads base64 as go does: line breaks are passed over, left-over bits are not looked at.
 *
 * @param text - the text
 * @param last - the digits of 62 and 63
 * @param padded - whether `=` must fill the last group, or must not be there
 * @returns the bytes
 * @throws ToolkitError `usage` for a character that is no digit, and for a wrong length or padding
 */
export function decodeBase64(text: string, last: '+/' | '-_' | '-~', padded: boolean): Uint8Array {
  const joined = text.replace(/[\r\n]+/g, '')
  const digits = padded ? joined.replace(/={1,2}$/, '') : joined
  const valid = { '+/': /^[A-Za-z0-9+/]*$/, '-_': /^[\w-]*$/, '-~': /^[A-Za-z0-9~-]*$/ }[last]
  if (!valid.test(digits)) refuse('a character is not a base64 digit')
  if (padded ? joined.length % 4 !== 0 : digits.length % 4 === 1) refuse('base64 text has a wrong length')
  return Buffer.from(last === '-~' ? digits.replaceAll('~', '_') : digits, 'base64')
}

function decodeBase36(text: string): Uint8Array {
  // checked before the case is folded: the Kelvin sign folds to a digit
  if (!/^[0-9a-zA-Z]*$/.test(text)) refuse('a character is not a base36 digit')
  return decodePositional(text.toLowerCase(), base36)
}

/** go reads each group of eight as a signed number, so that a sign may stand for its first digit. */
function decodeBase2(text: string): Uint8Array {
  const padded = text.length % 8 === 0 ? text : '0'.repeat(8 - (text.length % 8)) + text
  const bytes = new Uint8Array(padded.length / 8)
  for (let index = 0; index < bytes.length; index++) {
    const group = padded.slice(8 * index, 8 * index + 8)
    if (!/^[+-]?[01]+$/.test(group)) refuse('a character is not a base2 digit')
    bytes[index] = Number.parseInt(group, 2)
  }
  return bytes
}

function decodeEmoji(text: string): Uint8Array {
  try {
    return base256emoji.decoder.decode(`🚀${text}`)
  } catch {
    return refuse('a character is not a base256emoji digit')
  }
}
