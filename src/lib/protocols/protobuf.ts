/** One field of a protobuf message as it stands on the wire. */
export type WireField =
  | { number: number; kind: 'varint'; value: bigint }
  | { number: number; kind: 'bytes'; value: Uint8Array }
  | { number: number; kind: 'fixed'; value: Uint8Array }

/**
 * Reads the fields of a protobuf message in the order they stand in, without a schema: a debugging
 * tool has to show the good fields of a message beside a malformed one.
 * Follows https://protobuf.dev/programming-guides/encoding/.
 *
 * @param bytes - one message
 * @returns its fields; values share the memory of `bytes`
 * @throws RangeError where the message is cut short or not a protobuf; fields before that were
 *   already given out
 */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField> {
  let at = 0
  const varint = (): bigint => {
    const read = readVarint(bytes, at)
    at = read.end
    return read.value
  }
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError(`a field of ${length} bytes is cut short`)
    at += length
    return bytes.subarray(at - length, at)
  }

  while (at < bytes.length) {
    const tag = varint()
    const number = Number(tag >> 3n)
    switch (Number(tag & 7n)) {
      case 0:
        yield { number, kind: 'varint', value: varint() }
        break
      case 1:
        yield { number, kind: 'fixed', value: take(8) }
        break
      case 2:
        yield { number, kind: 'bytes', value: take(Number(varint())) }
        break
      case 5:
        yield { number, kind: 'fixed', value: take(4) }
        break
      default:
        throw new RangeError(`field ${number} has a wire type that protobuf does not have`)
    }
  }
}

/**
 * Reads an unsigned varint of at most 64 bits.
 *
 * @param bytes - where it stands
 * @param from - offset of its first byte
 * @returns its value, and the offset behind it
 * @throws RangeError where it is cut short or too long
 */
export function readVarint(bytes: Uint8Array, from: number): { value: bigint; end: number } {
  let value = 0n
  for (let index = 0; index < 10; index++) {
    const byte = bytes[from + index]
    if (byte === undefined) throw new RangeError('a number is cut short')
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: from + index + 1 }
  }
  throw new RangeError('a number is longer than 64 bits')
}

/**
 * Writes an unsigned varint.
 *
 * @param value - 0 to 2^53-1
 * @returns its bytes
 */
export function writeVarint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
