import { refuse } from '../refusal.ts'
import type { ValueCodec } from './value-codec.ts'

/**
 * Reads a whole decimal number as go's strconv.ParseUint does: digits only, leading zeros allowed, no sign.
 *
 * @param text - the digits
 * @param bits - its largest size, 8 to 64
 * @returns the number
 * @throws ToolkitError `usage` for other text and for a number that needs more bits
 */
export function parseUint(text: string, bits: number): bigint {
  const largest = 2n ** BigInt(bits) - 1n
  // 64 bits are 20 digits at most; the BigInt of a megabyte of them would be slow
  const significant = text.replace(/^0+/, '')
  const valid = text !== '' && significant.length <= 20 && /^[0-9]*$/.test(significant)
  const value = valid ? BigInt(significant) : -1n
  if (value < 0n || value > largest) refuse(`not a whole number from 0 to ${largest}`)
  return value
}

/** Ports of /tcp, /udp, /dccp and /sctp: two bytes, big-endian. */
export const port: ValueCodec = {
  parse: (text) => bigEndian(parseUint(text, 16), 2),
  format: (bytes) => `${new DataView(bytes.buffer, bytes.byteOffset).getUint16(0)}`,
}

/** A prefix length: one byte. go does not compare it with the address's 32 or 128 bits, so neither does this. */
export const prefixLength: ValueCodec = {
  parse: (text) => bigEndian(parseUint(text, 8), 1),
  format: (bytes) => `${bytes[0]}`,
}

/** The number of an in-process address: eight bytes, big-endian. */
export const memory: ValueCodec = {
  parse: (text) => bigEndian(parseUint(text, 64), 8),
  format: (bytes) => `${new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)}`,
}

function bigEndian(value: bigint, size: number): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex')
}
