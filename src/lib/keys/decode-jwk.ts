import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type KeyPair, keyPairFrom, keyPairFromSeed } from './key-pair.ts'
import { ecdsaReason } from './key-type.ts'
import { refuseKey } from './refuse-key.ts'
import { isConsistentRsa } from './rsa-consistency.ts'

/**
 * Decodes a JSON Web Key (RFC 7517; RFC 8037 for Ed25519, RFC 8812 for secp256k1, RFC 7518 section 6.3 for RSA).
 *
 * @param jwk - the parsed JSON object
 * @returns the key
 * @throws ToolkitError `local` with the reason: a public key, another type, a public part that does not belong to the private one
 */
export function decodeJwk(jwk: object): KeyPair {
  const kty = textMember(jwk, 'kty')
  const crv = textMember(jwk, 'crv')
  if (textMember(jwk, 'd') === undefined) throw refuseKey(`this JWK holds no private key (no "d")`)
  switch (kty) {
    case 'OKP':
      if (crv !== 'Ed25519') throw refuseKey('of the OKP curves of JWK, libp2p has only Ed25519')
      return withPublicPart(keyPairFromSeed('ed25519', bytesMember(jwk, 'd')), jwk, ['x'])
    case 'EC':
      if (crv !== 'secp256k1') throw refuseKey(ecdsaReason)
      return withPublicPart(keyPairFromSeed('secp256k1', bytesMember(jwk, 'd')), jwk, ['x', 'y'])
    case 'RSA':
      return keyPairFrom(importRsa(jwk))
    default:
      throw refuseKey('libp2p has no key type for the "kty" of this JWK')
  }
}

function withPublicPart(pair: KeyPair, jwk: object, members: ('x' | 'y')[]): KeyPair {
  const derived = pair.privateKey.export({ format: 'jwk' })
  for (const member of members) {
    if (bytesMember(jwk, member).toString('base64url') !== derived[member]) {
      throw refuseKey(`the public part of this JWK ("${member}") does not belong to its private one`)
    }
  }
  return pair
}

function importRsa(jwk: object): KeyObject {
  const key: JsonWebKey = { kty: 'RSA' }
  for (const member of ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const) {
    key[member] = bytesMember(jwk, member).toString('base64url')
  }
  // Node 22 and 24 take numbers that disagree, Node 26 refuses them without saying why.
  if (!isConsistentRsa(key)) throw refuseKey('the numbers of this RSA key do not belong together')
  try {
    return createPrivateKey({ format: 'jwk', key })
  } catch {
    // Node's own error may quote the value it stumbled over
    throw refuseKey('OpenSSL does not read the numbers of this JWK')
  }
}

function textMember(jwk: object, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(jwk, name)?.value
  return typeof value === 'string' ? value : undefined
}

function bytesMember(jwk: object, name: string): Buffer {
  const text = textMember(jwk, name)
  if (text === undefined || !/^[\w-]+$/.test(text)) throw refuseKey(`"${name}" of this JWK is not base64url`)
  return Buffer.from(text, 'base64url')
}
