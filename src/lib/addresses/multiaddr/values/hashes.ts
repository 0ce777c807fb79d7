import { base58btc, decodeMultibase } from '../multibase.ts'
import { decodePositional, encodePositional } from '../positional.ts'
import { quote, refuse } from '../refusal.ts'
import { decodeVarint } from '../varint.ts'
import type { ValueCodec } from './value-codec.ts'

const identity = 0x00
const sha256 = 0x12
const sha256Size = 32
const libp2pKey = 0x72

/** Largest digest that go reads, in bytes. */
const largestDigest = 2 ** 31 - 1

/**
 * The base58 text that bytes were read from. Bytes have one such text only, and writing it anew takes most of a second
 * for a megabyte, which is legal for an identity multihash.
 */
const base58Of = new WeakMap<Uint8Array, string>()

/** /p2p: a multihash, given in base58 or within a CIDv1, written in base58 (libp2p specs, peer-ids). */
export const peerId: ValueCodec = {
  parse(text) {
    if (!text.startsWith('Qm') && !text.startsWith('1')) return multihashOfCid(text)
    const bytes = decodePositional(text, base58btc)
    base58Of.set(bytes, text)
    return bytes
  },
  format(bytes) {
    const { code, size } = readMultihash(bytes)
    if (code !== identity && code !== sha256) refuse('a peer ID is a sha2-256 or an identity multihash')
    if (code === sha256 && size !== sha256Size) refuse(`a sha2-256 digest has 32 bytes, not ${size}`)
    return base58Of.get(bytes) ?? encodePositional(bytes, base58btc)
  },
}

/** /certhash: a multihash of any kind, given in any multibase, written in base64url (WebTransport and WebRTC specs). */
export const certificateHash: ValueCodec = {
  parse: decodeMultibase,
  format(bytes) {
    readMultihash(bytes)
    return `u${Buffer.from(bytes).toString('base64url')}`
  },
}

/** A multihash is a code, a size and exactly that many bytes. */
function readMultihash(bytes: Uint8Array): { code: number; size: number } {
  if (bytes.length < 2) refuse('a multihash has two bytes at least')
  const code = decodeVarint(bytes, 0)
  const size = decodeVarint(bytes, code.end)
  const rest = bytes.length - size.end
  if (size.value > largestDigest || size.value !== rest) {
    refuse(`the multihash announces ${size.value} bytes of digest and has ${rest}`)
  }
  return { code: code.value, size: size.value }
}

function multihashOfCid(text: string): Uint8Array {
  // in bytes, as go counts: a single emoji is long enough to be looked at
  if (Buffer.byteLength(text) < 2) refuse('neither a base58 peer ID nor a CID')
  const bytes = decodeMultibase(text)
  const version = decodeVarint(bytes, 0)
  if (version.value !== 1) refuse(`"${quote(text)}" is neither a base58 peer ID nor a CIDv1`)
  const codec = decodeVarint(bytes, version.end)
  if (codec.value !== libp2pKey) refuse('the CID is not of a libp2p key (codec 0x72)')
  return bytes.subarray(codec.end)
}
