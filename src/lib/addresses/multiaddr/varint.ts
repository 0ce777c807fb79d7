import { refuse } from './refusal.ts'

/** The unsigned-varint spec's practical limit: 63 bits. */
const longestVarint = 9

/**
 * Writes an unsigned varint (multiformats/unsigned-varint).
 *
 * @param value - a whole number, 0 to 2^53 - 1
 * @returns its shortest encoding, 1 to 8 bytes
 */
export function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

/**
 * Reads an unsigned varint, as strictly as go-varint: at most 9 bytes, shortest form only.
 *
 * @param bytes - where it stands
 * @param offset - index of its first byte
 * @returns its value (rounded above 2^53, where it is only ever compared with small numbers) and the index after it
 * @throws ToolkitError `usage` when it is cut off, too long or not minimal
 */
export function decodeVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  let value = 0
  for (let length = 1; length <= longestVarint; length++) {
    const byte = bytes[offset + length - 1]
    if (byte === undefined) refuse('a varint is cut off')
    value += (byte & 0x7f) * 0x80 ** (length - 1)
    if (byte >= 0x80) continue
    if (byte === 0 && length > 1) refuse('a varint is not in its shortest form')
    return { value, end: offset + length }
  }
  return refuse('a varint is longer than 63 bits')
}
