import { refuse } from '../refusal.ts'
import type { ValueCodec } from './value-codec.ts'

const dottedQuad = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const group = /^[0-9a-fA-F]{1,4}$/
const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex')

/** /ip4: four bytes. go reads an IPv4-mapped IPv6 address here too. */
export const ip4: ValueCodec = {
  parse(text) {
    const address = parseIp(text) ?? refuse('not an IPv4 address')
    if (!isMapped(address)) refuse('not an IPv4 address')
    return address.subarray(12)
  },
  format: (bytes) => bytes.join('.'),
}

/** /ip6: sixteen bytes, written as RFC 5952 says. go reads a dotted quad here too, as an IPv4-mapped address. */
export const ip6: ValueCodec = {
  parse: (text) => parseIp(text) ?? refuse('not an IPv6 address'),
  format: (bytes) => (isMapped(bytes) ? `::ffff:${bytes.subarray(12).join('.')}` : formatGroups(bytes)),
}

/** The sixteen bytes of an address without a zone, an IPv4 address mapped (RFC 4291 section 2.5.5.2). */
function parseIp(text: string): Uint8Array | undefined {
  if (dottedQuad.test(text)) return Buffer.concat([mappedPrefix, dottedBytes(text)])
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves
  const front = groupBytes(head ?? '', tail === undefined)
  const back = groupBytes(tail ?? '', true)
  if (front === undefined || back === undefined) return undefined
  const missing = 16 - front.length - back.length
  // "::" stands for one group of zeros at least
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  return Buffer.concat([front, Buffer.alloc(missing), back])
}

/** The bytes of groups between colons; only the last group of the whole address may be a dotted quad. */
function groupBytes(text: string, last: boolean): Uint8Array | undefined {
  if (text === '') return new Uint8Array(0)
  const groups = text.split(':')
  if (groups.length > 8) return undefined
  const final = groups.at(-1) ?? ''
  const quad = last && dottedQuad.test(final) ? dottedBytes(final) : undefined
  const plain = quad === undefined ? groups : groups.slice(0, -1)
  if (!plain.every((each) => group.test(each))) return undefined
  const bytes = Buffer.from(plain.map((each) => each.padStart(4, '0')).join(''), 'hex')
  return Buffer.concat([bytes, quad ?? Buffer.alloc(0)])
}

function dottedBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number)
}

function isMapped(bytes: Uint8Array): boolean {
  return mappedPrefix.every((byte, index) => bytes[index] === byte)
}

/** RFC 5952 section 4: no leading zeros, lower case, the first of the longest runs of two or more zeros as "::". */
function formatGroups(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(2 * index).toString(16))
  let start = 0
  let length = 0
  for (let from = 0; from < 8; from++) {
    let to = from
    while (groups[to] === '0') to++
    if (to - from > length) [start, length] = [from, to - from]
  }
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}
