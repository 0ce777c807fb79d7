import { ecdsaReason, type KeyType } from './key-type.ts'

/** KeyType of the libp2p key protobuf (libp2p specs, peer-ids/peer-ids.md, "Keys"). */
const keyTypeNumber = { rsa: 0, ed25519: 1, secp256k1: 2 } as const
const ecdsaNumber = 3

/** Field keys: number and wire type. */
const typeField = 0x08
const dataField = 0x12

/** A libp2p PublicKey or PrivateKey message: both have the same two fields. */
export interface KeyMessage {
  keyType: KeyType
  /** the key itself, in the encoding of its type */
  data: Uint8Array
}

/** Why bytes are not a KeyMessage: `reason` is one clause, without any of the bytes. */
export class KeyMessageError extends Error {
  override name = 'KeyMessageError'
}

/**
 * Encodes a PublicKey or PrivateKey message, deterministically: minimal varints, tag order, both fields
 * (peer-ids.md, "Keys").
 *
 * @param message - key type and key bytes
 * @returns the protobuf
 */
export function encodeKeyMessage(message: KeyMessage): Uint8Array {
  const length: number[] = []
  let rest = message.data.length
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80)
  length.push(rest)
  return Buffer.concat([Uint8Array.of(typeField, keyTypeNumber[message.keyType], dataField, ...length), message.data])
}

/**
 * Decodes a PublicKey or PrivateKey message: each of the two fields once, in either order, and nothing else,
 * since the spec allows no additional fields.
 *
 * @param bytes - the protobuf
 * @returns key type and key bytes, which are not checked further
 * @throws KeyMessageError where it is no such message, or one of a type that is not offered
 */
export function decodeKeyMessage(bytes: Uint8Array): KeyMessage {
  let typeNumber: number | undefined
  let data: Uint8Array | undefined
  for (let offset = 0; offset < bytes.length; ) {
    const field = bytes[offset]
    const value = readVarint(bytes, offset + 1)
    offset = value.end
    if (field === typeField && typeNumber === undefined) {
      typeNumber = value.number
    } else if (field === dataField && data === undefined) {
      if (value.number > bytes.length - offset) throw new KeyMessageError('its protobuf is cut short')
      data = bytes.subarray(offset, offset + value.number)
      offset += value.number
    } else {
      throw new KeyMessageError('its protobuf has a field that the libp2p key message does not have')
    }
  }
  if (typeNumber === undefined || data === undefined) throw new KeyMessageError('its protobuf lacks a required field')
  return { keyType: keyTypeOf(typeNumber), data }
}

function keyTypeOf(typeNumber: number): KeyType {
  switch (typeNumber) {
    case keyTypeNumber.rsa:
      return 'rsa'
    case keyTypeNumber.ed25519:
      return 'ed25519'
    case keyTypeNumber.secp256k1:
      return 'secp256k1'
    case ecdsaNumber:
      throw new KeyMessageError(ecdsaReason)
    default:
      throw new KeyMessageError(`its protobuf names key type ${typeNumber}, which libp2p does not have`)
  }
}

/** Three octets reach 2 MiB, above every bound on a key here; longer varints are refused, as are padded ones. */
function readVarint(bytes: Uint8Array, offset: number): { number: number; end: number } {
  let number = 0
  for (let index = 0; index < 3; index++) {
    const octet = bytes[offset + index]
    if (octet === undefined) throw new KeyMessageError('its protobuf is cut short')
    number |= (octet & 0x7f) << (7 * index)
    if (octet < 0x80) {
      if (octet === 0 && index > 0) break
      return { number, end: offset + index + 1 }
    }
  }
  throw new KeyMessageError('its protobuf has a number that is too long or not minimally encoded')
}
