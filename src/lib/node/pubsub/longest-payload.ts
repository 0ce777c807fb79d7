import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { longestRpc } from '../../protocols/pubsub/protocol.ts'
import type { RunningNode } from '../running-node.ts'

/** DER of two numbers of 256 bits (secp256k1); Ed25519 takes 64. */
const longestCurveSignature = 72

/**
 * How much of an RPC is left for the payload of a message (pubsub spec, "The Message").
 *
 * @param node - a node with pub/sub, which writes the message
 * @param topic - its topic
 * @returns bytes; below 0 for a topic that leaves none
 */
export function longestPayload({ peerId, spec }: RunningNode, topic: string): number {
  const rest = field(Buffer.byteLength(topic))
  if (spec.pubsub?.signing !== 'strict' || peerId.publicKey === undefined) return withoutLengths(longestRpc - rest)
  const key = publicKeyToProtobuf(peerId.publicKey).length
  // that of an RSA key is as long as its modulus, which the key is longer than
  const signature = peerId.type === 'RSA' ? key : longestCurveSignature
  return withoutLengths(
    longestRpc - rest - field(peerId.toMultihash().bytes.length) - field(8) - field(signature) - field(key),
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
