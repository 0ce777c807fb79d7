import { base32 } from 'multiformats/bases/base32'
import { base32Variant, decodeBase32, decodeBase32InPlace } from '../base32.ts'
import { decodeBase64 } from '../multibase.ts'
import { refuse } from '../refusal.ts'
import { parseUint, port } from './numbers.ts'
import type { ValueCodec } from './value-codec.ts'

const onionBase32 = base32Variant('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', true, false)
const garlicBase32 = base32Variant('abcdefghijklmnopqrstuvwxyz234567', true, false)

const onionHostSize = 10
const onion3HostSize = 35
const onion3HostLength = 56

/** /onion: a Tor v2 service and a port. */
export const onion: ValueCodec = {
  parse(text) {
    const [host, portBytes] = splitPort(text)
    const bytes = decodeBase32(upperCase(host), onionBase32)
    if (bytes.length !== onionHostSize) refuse('a Tor v2 name is 16 base32 digits')
    return Buffer.concat([bytes, portBytes])
  },
  format: (bytes) => formatOnion(bytes, onionHostSize),
}

/** /onion3: a Tor v3 service and a port. The name's own checksum is not looked at, as in go. */
export const onion3: ValueCodec = {
  parse(text) {
    const [host, portBytes] = splitPort(text)
    if (Buffer.byteLength(host) !== onion3HostLength) refuse('a Tor v3 name is 56 base32 digits')
    const buffer = Buffer.from(upperCase(host))
    decodeBase32InPlace(buffer, onionBase32)
    // go accepts a name that is cut short by padding, and takes its buffer's stale bytes for the missing ones;
    // the buffer is long enough unless two-byte letters made it shrink by 24
    if (buffer.length < onion3HostSize) refuse('a Tor v3 name is 56 base32 digits')
    return Buffer.concat([buffer.subarray(0, onion3HostSize), portBytes])
  },
  format: (bytes) => formatOnion(bytes, onion3HostSize),
}

/** /garlic64: an I2P destination, in I2P's base64. */
export const garlic64: ValueCodec = {
  parse: (text) => decodeBase64(text, '-~', true),
  format(bytes) {
    if (bytes.length < 386) refuse(`an I2P destination has 386 bytes at least, not ${bytes.length}`)
    return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '~')
  },
}

/** /garlic32: an I2P name: 32 bytes, or 35 and more for an encrypted lease set. */
export const garlic32: ValueCodec = {
  parse(text) {
    const missing = (8 - (Buffer.byteLength(text) % 8)) % 8
    return decodeBase32(text + '='.repeat(missing), garlicBase32)
  },
  format(bytes) {
    if (bytes.length < 35 && bytes.length !== 32) {
      refuse(`an I2P name has 32 bytes, or 35 and more, not ${bytes.length}`)
    }
    return base32.encoder.baseEncode(bytes)
  },
}

function splitPort(text: string): [host: string, portBytes: Uint8Array] {
  const [host, portText, ...more] = text.split(':')
  if (host === undefined || portText === undefined || more.length > 0) refuse('not of the form NAME:PORT')
  if (parseUint(portText, 16) === 0n) refuse('the port is 0')
  return [host, port.parse(portText)]
}

function formatOnion(bytes: Uint8Array, hostSize: number): string {
  const portText = port.format(bytes.subarray(hostSize))
  if (portText === '0') refuse('the port is 0')
  return `${base32.encoder.baseEncode(bytes.subarray(0, hostSize))}:${portText}`
}

/** go's upper case, as far as it can yield a base32 digit: beside a-z, the dotless i and the long s do. */
function upperCase(text: string): string {
  return text.replace(/[a-z\u0131\u017f]/g, (letter) => letter.toUpperCase())
}
