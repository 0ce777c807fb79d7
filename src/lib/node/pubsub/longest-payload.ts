import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { longestRpc } from '../../protocols/pubsub/protocol.ts'

/** DER of two numbers of 256 bits (secp256k1); Ed25519 takes 64. */
const longestCurveSignature = 72

/**
 * How much of an RPC is left for the payload of a message (pubsub spec, "The Message").
 *
 * @param topic - of the message
 * @param author - who signs it; undefined where messages are not signed
 * @returns bytes; below 0 for a topic that leaves none
 */
export function longestPayload(topic: string, author: PeerId | undefined): number {
  const rest = field(Buffer.byteLength(topic))
  if (author?.publicKey === undefined) return withoutLengths(longestRpc - rest)
  const key = publicKeyToProtobuf(author.publicKey).length
  // that of an RSA key is as long as its modulus, which the key is longer than
  const signature = author.type === 'RSA' ? key : longestCurveSignature
  return withoutLengths(
    longestRpc - rest - field(author.toMultihash().bytes.length) - field(8) - field(signature) - field(key),
  )
}

/** A field of up to 16 KiB: its number, its length, its bytes. */
function field(bytes: number): number {
  return 1 + (bytes < 0x80 ? 1 : 2) + bytes
}

/** The message is a field of the RPC, and the payload one of the message: each has a number and a length of up to 2 MiB. */
function withoutLengths(bytes: number): number {
  return bytes - 2 * (1 + 3)
}
