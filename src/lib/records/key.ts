import { z } from 'zod'

/** The key types that are offered; ECDSA is not one of them. */
const keyType = z.enum(['ed25519', 'secp256k1', 'rsa'])

/** A key pair, described by its public half; printed by `keygen`, `key inspect` and `key convert`. */
export const keyRecord = z.strictObject({
  type: z.literal('key'),
  peerId: z.string(),
  keyType,
  /** libp2p protobuf PublicKey, base64 */
  publicKey: z.base64(),
  /** file format it is stored in; absent when it was not stored */
  format: z.enum(['pem', 'protobuf', 'jwk', 'raw']).optional(),
  encrypted: z.boolean().optional(),
  file: z.string().optional(),
})

export type KeyRecord = z.infer<typeof keyRecord>

/** A peer ID in each of its encodings; printed by `peer-id inspect`. */
export const peerIdRecord = z.strictObject({
  type: z.literal('peer-id'),
  peerId: z.string(),
  cidBase32: z.string(),
  cidBase36: z.string(),
  keyType: keyType.optional(),
  /** libp2p protobuf PublicKey, base64; absent for a peer ID that is a hash */
  publicKey: z.base64().optional(),
  /** lower-case hex */
  multihash: z.string().regex(/^(?:[0-9a-f]{2})+$/),
})

export type PeerIdRecord = z.infer<typeof peerIdRecord>
