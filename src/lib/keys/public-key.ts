import { createPublicKey, ECDH, type KeyObject } from 'node:crypto'
import { ToolkitError } from '../errors/toolkit-error.ts'
import type { KeyType } from './key-type.ts'
import { decodeKeyMessage, KeyMessageError } from './protobuf.ts'

/**
 * Decodes a libp2p protobuf PublicKey (peer-ids.md, "Key Types") to something that verifies signatures.
 *
 * @param bytes - the protobuf
 * @returns the key type, and a public KeyObject
 * @throws ToolkitError `usage` where it is no public key of an offered type: another length, a point off the curve
 */
export function decodePublicKey(bytes: Uint8Array): { keyType: KeyType; key: KeyObject } {
  try {
    const { keyType, data } = decodeKeyMessage(bytes)
    return { keyType, key: publicKeyObject(keyType, data) }
  } catch (error) {
    const reason = error instanceof KeyMessageError ? error.message : 'it is not a key of the type that it names'
    throw new ToolkitError('usage', `not a libp2p public key: ${reason}`, { layer: 'identity', cause: error })
  }
}

function publicKeyObject(keyType: KeyType, data: Uint8Array): KeyObject {
  if (keyType === 'rsa') return createPublicKey({ key: Buffer.from(data), format: 'der', type: 'spki' })
  if (keyType === 'ed25519') {
    const x = Buffer.from(data).toString('base64url')
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })
  }
  const point = Buffer.from(ECDH.convertKey(data, 'secp256k1', undefined, 'hex', 'uncompressed').toString(), 'hex')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'secp256k1', x, y } })
}
