import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { ToolkitError } from '../errors/toolkit-error.ts'
import { ecdsaReason, type KeyType, rsaBits } from './key-type.ts'
import { formatPeerId, longestInlinedKey } from './peer-id.ts'
import { encodeKeyMessage } from './protobuf.ts'
import { refuseKey } from './refuse-key.ts'
import { isConsistentRsa } from './rsa-consistency.ts'

/** A private key whose public half has been derived from it and checked. */
export interface KeyPair {
  readonly keyType: KeyType
  readonly privateKey: KeyObject
  /** libp2p protobuf PublicKey */
  readonly publicKey: Uint8Array
}

/** PKCS#8 of an Ed25519 seed without its public half (RFC 8410 section 7), up to the 32 octets of the seed. */
const ed25519Pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Makes a key pair of a private KeyObject, and checks it: an offered type, a scalar in range, a public half
 * that belongs to the private one, an RSA modulus that other implementations accept.
 *
 * @param privateKey - a private KeyObject of any type
 * @returns the pair
 * @throws ToolkitError `local` with the reason
 */
export function keyPairFrom(privateKey: KeyObject): KeyPair {
  const type = privateKey.asymmetricKeyType
  switch (type) {
    case 'ed25519':
      return keyPairFromSeed('ed25519', Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'))
    case 'ec': {
      const curve = privateKey.asymmetricKeyDetails?.namedCurve
      if (curve !== 'secp256k1') throw refuseKey(`${ecdsaReason}${curve === undefined ? '' : ` (curve ${curve})`}`)
      return keyPairFromEc(privateKey)
    }
    case 'rsa':
      return keyPairFromRsa(privateKey)
    default:
      throw refuseKey(`libp2p has no key type for ${type ?? 'it'}`)
  }
}

/**
 * Makes a key pair of a seed (Ed25519, RFC 8032 section 5.1.5) or a scalar (secp256k1, SEC 1 section 3.2.1).
 *
 * @param keyType - what the 32 bytes are
 * @param seed - 32 bytes, big-endian where they are a scalar
 * @returns the pair, its public half derived from the seed
 * @throws ToolkitError `local` for another length, or a scalar that is zero or not below the group's order
 */
export function keyPairFromSeed(keyType: 'ed25519' | 'secp256k1', seed: Uint8Array): KeyPair {
  if (seed.length !== 32) throw refuseKey(`a private key of type ${keyType} has 32 bytes, this has ${seed.length}`)
  if (keyType === 'ed25519') {
    const pkcs8 = Buffer.concat([ed25519Pkcs8Prefix, seed])
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
    const data = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url')
    return { keyType, privateKey, publicKey: encodeKeyMessage({ keyType, data }) }
  }
  const ecdh = createECDH('secp256k1')
  try {
    ecdh.setPrivateKey(seed)
  } catch {
    throw scalarOutOfRange()
  }
  const point = ecdh.getPublicKey()
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'secp256k1',
      d: Buffer.from(seed).toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
  const data = ecdh.getPublicKey(null, 'compressed')
  return { keyType, privateKey, publicKey: encodeKeyMessage({ keyType, data }) }
}

/**
 * The peer ID of a key pair (peer-ids.md, "Peer Ids"): identity multihash of a public key of at most 42 bytes,
 * sha2-256 of a longer one.
 *
 * @param pair - its `publicKey` is used
 * @returns base58btc text
 */
export function peerIdOf(pair: Pick<KeyPair, 'publicKey'>): string {
  const { publicKey } = pair
  const multihash =
    publicKey.length <= longestInlinedKey
      ? Buffer.concat([Uint8Array.of(0x00, publicKey.length), publicKey])
      : Buffer.concat([Uint8Array.of(0x12, 32), createHash('sha256').update(publicKey).digest()])
  return formatPeerId({ multihash })
}

function keyPairFromEc(privateKey: KeyObject): KeyPair {
  const given = exportJwk(privateKey, scalarOutOfRange())
  const pair = keyPairFromSeed('secp256k1', Buffer.from(given.d ?? '', 'base64url'))
  // OpenSSL takes the public point of a file as it is, and would publish a peer ID that nobody can prove.
  const derived = pair.privateKey.export({ format: 'jwk' })
  if (derived.x !== given.x || derived.y !== given.y)
    throw refuseKey('its public half does not belong to its private one')
  return pair
}

function keyPairFromRsa(privateKey: KeyObject): KeyPair {
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < rsaBits.least || bits > rsaBits.most) {
    throw refuseKey(`an RSA key has ${rsaBits.least} to ${rsaBits.most} bits in libp2p, this has ${bits}`)
  }
  const broken = refuseKey('the numbers of this RSA key do not belong together')
  if (!isConsistentRsa(exportJwk(privateKey, broken))) throw broken
  const data = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { keyType: 'rsa', privateKey, publicKey: encodeKeyMessage({ keyType: 'rsa', data }) }
}

function exportJwk(privateKey: KeyObject, otherwise: ToolkitError) {
  try {
    return privateKey.export({ format: 'jwk' })
  } catch {
    throw otherwise
  }
}

function scalarOutOfRange(): ToolkitError {
  return refuseKey('a secp256k1 scalar lies between 1 and the order of the group, this does not')
}
