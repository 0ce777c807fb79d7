import { createPrivateKey } from 'node:crypto'
import { isOneDerSequence } from './der.ts'
import { type KeyPair, keyPairFrom, keyPairFromSeed } from './key-pair.ts'
import { decodeKeyMessage, type KeyMessage, KeyMessageError } from './protobuf.ts'
import { opensslFailure, refuseKey } from './refuse-key.ts'

/**
 * Decodes a libp2p protobuf PrivateKey (peer-ids.md, "Key Types"), also the old Ed25519 form of 96 bytes.
 *
 * @param bytes - the protobuf, binary
 * @returns the key
 * @throws ToolkitError `local` with the reason
 */
export function decodePrivateKey(bytes: Uint8Array): KeyPair {
  const { keyType, data } = decodeMessage(bytes)
  switch (keyType) {
    case 'ed25519':
      return decodeEd25519(data)
    case 'secp256k1':
      return keyPairFromSeed('secp256k1', data)
    case 'rsa':
      return decodeRsa(data)
  }
}

function decodeMessage(bytes: Uint8Array): KeyMessage {
  try {
    return decodeKeyMessage(bytes)
  } catch (error) {
    throw refuseKey(error instanceof KeyMessageError ? error.message : 'its protobuf does not decode')
  }
}

function decodeEd25519(data: Uint8Array): KeyPair {
  if (data.length !== 64 && data.length !== 96) {
    throw refuseKey(`an Ed25519 key in a protobuf has 64 bytes, or 96 in the old form; this has ${data.length}`)
  }
  const publicHalf = Buffer.from(data.subarray(32, 64))
  if (data.length === 96 && !publicHalf.equals(data.subarray(64))) {
    throw refuseKey('the two public keys of this old Ed25519 form differ')
  }
  const pair = keyPairFromSeed('ed25519', data.subarray(0, 32))
  if (!publicHalf.equals(decodeKeyMessage(pair.publicKey).data)) {
    throw refuseKey('its public half does not belong to its private one')
  }
  return pair
}

function decodeRsa(data: Uint8Array): KeyPair {
  if (!isOneDerSequence(data)) throw refuseKey('its RSA key is not one PKCS#1 structure')
  return keyPairFrom(readPkcs1(data))
}

function readPkcs1(data: Uint8Array) {
  try {
    return createPrivateKey({ key: Buffer.from(data), format: 'der', type: 'pkcs1' })
  } catch (error) {
    const { reason, cause } = opensslFailure(error)
    throw refuseKey(`its RSA key is not PKCS#1 (${reason})`, { cause })
  }
}
