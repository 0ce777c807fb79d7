import { refuse } from '../refusal.ts'
import type { ValueCodec } from './value-codec.ts'

const slash = '/'.charCodeAt(0)

/** /dns, /dns4, /dns6, /dnsaddr and /sni: any text without a slash; go checks nothing else of a name. */
export const domainName: ValueCodec = {
  parse: (text) => Buffer.from(text),
  format: (bytes) => withoutSlash(bytes, 'domain name'),
  verbatim: true,
}

/** /ip6zone: any text without a slash. */
export const zone: ValueCodec = {
  parse: (text) => Buffer.from(text),
  format: (bytes) => withoutSlash(bytes, 'zone'),
  verbatim: true,
}

/** /unix: a path, whose slashes are its own. It begins with one and does not end in one. */
export const unixPath: ValueCodec = {
  parse: (text) => Buffer.from(text),
  format(bytes) {
    if (bytes.length < 2) refuse('the path is empty')
    if (bytes[0] !== slash) refuse('the path does not begin with a slash')
    if (bytes.at(-1) === slash) refuse('the path ends in a slash')
    return utf8(bytes)
  },
  verbatim: true,
}

/** /http-path: any bytes, written as a query component of a URL is: a space is "+", a slash is "%2F". */
export const httpPath: ValueCodec = {
  parse(text) {
    if (/%(?![0-9a-fA-F]{2})/.test(text)) refuse('an escape is not "%" and two hexadecimal digits')
    return unescapeBytes(Buffer.from(text))
  },
  format(bytes) {
    if (bytes.length === 0) refuse('the path is empty')
    const byBytes = Buffer.from(bytes).toString('latin1')
    return byBytes.replace(/[^A-Za-z0-9._~-]/g, escapeByte)
  },
}

function withoutSlash(bytes: Uint8Array, what: string): string {
  if (bytes.length === 0) refuse(`the ${what} is empty`)
  if (bytes.includes(slash)) refuse(`the ${what} contains a slash`)
  return utf8(bytes)
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
}

function unescapeBytes(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let size = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0
    if (byte === 0x25) {
      bytes[size++] = Number.parseInt(String.fromCharCode(text[at + 1] ?? 0, text[at + 2] ?? 0), 16)
      at += 2
    } else {
      bytes[size++] = byte === 0x2b ? 0x20 : byte
    }
  }
  return bytes.subarray(0, size)
}

function escapeByte(character: string): string {
  if (character === ' ') return '+'
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
