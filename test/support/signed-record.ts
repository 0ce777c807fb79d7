import { generateKeyPairSync, sign } from 'node:crypto'
import { publicKeyFromRaw, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'

/** Who signs, with every form of the key that a message needs. */
export interface Signer {
  peerId: string
  /** libp2p protobuf PublicKey */
  publicKey: Uint8Array
  multihash: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

/** An unsigned varint. */
export function varint(value: number | bigint): number[] {
  const number = BigInt(value)
  return number < 0x80n ? [Number(number)] : [Number(number & 0x7fn) | 0x80, ...varint(number >> 7n)]
}

/** A length-delimited field. */
export function bytesField(number: number, value: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(value)
  return Buffer.concat([Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes])
}

/** A varint field. */
export function numberField(number: number, value: number | bigint): Uint8Array {
  return Uint8Array.from([...varint(number << 3), ...varint(value)])
}

/** Makes an Ed25519 key by node:crypto alone. */
export function freshSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return signerOf(raw, (message) => sign(null, message, privateKey))
}

function signerOf(raw: Uint8Array, signMessage: (message: Uint8Array) => Uint8Array): Signer {
  const key = publicKeyFromRaw(raw)
  const id = peerIdFromPublicKey(key)
  const multihash = id.toMultihash().bytes
  return { peerId: id.toString(), publicKey: publicKeyToProtobuf(key), multihash, sign: signMessage }
}

/** What a signed peer record is made of; each part can be falsified. */
export interface RecordParts {
  domain?: string
  seq?: number | bigint
  addresses?: string[]
  /** whom it speaks for; the signer itself when absent */
  multihash?: Uint8Array
}

/** Makes a signed envelope (RFC 0002) of a peer record (RFC 0003). */
export function signedRecord(signer: Signer, parts: RecordParts = {}): Uint8Array {
  const { domain = 'libp2p-peer-record', seq = 7, addresses = ['/ip4/192.0.2.1/tcp/4001'] } = parts
  const payload = Buffer.concat([
    bytesField(1, parts.multihash ?? signer.multihash),
    numberField(2, seq),
    ...addresses.map((address) => bytesField(3, bytesField(1, multiaddr(address).bytes))),
  ])
  const payloadType = Uint8Array.of(0x03, 0x01)
  const unsigned = [Buffer.from(domain), payloadType, payload].flatMap((part) => [
    Uint8Array.from(varint(part.length)),
    part,
  ])
  return Buffer.concat([
    bytesField(1, signer.publicKey),
    bytesField(2, payloadType),
    bytesField(3, payload),
    bytesField(5, signer.sign(Buffer.concat(unsigned))),
  ])
}
