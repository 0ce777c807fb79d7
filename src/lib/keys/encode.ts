import { ToolkitError } from '../errors/toolkit-error.ts'
import { encryptPkcs8 } from './encrypt-pkcs8.ts'
import type { KeyPair } from './key-pair.ts'
import type { KeyFormat, KeyType } from './key-type.ts'
import { decodeKeyMessage, encodeKeyMessage } from './protobuf.ts'

/**
 * Refuses a combination of options that no encoding has, before anything is generated or read.
 *
 * @param format - the file format asked for
 * @param keyType - the key's type, where it is known already
 * @param encrypted - whether a passphrase was given for the output
 * @throws ToolkitError `usage`
 */
export function checkEncoding(format: KeyFormat, keyType: KeyType | undefined, encrypted: boolean): void {
  if (encrypted && format !== 'pem') {
    throw new ToolkitError('usage', `a passphrase encrypts the pem format only, not ${format}`, {
      suggestions: ['use --format pem'],
    })
  }
  if (format === 'raw' && keyType === 'rsa') {
    throw new ToolkitError('usage', 'an RSA key has no raw form', {
      suggestions: ['use --format pem, protobuf or jwk'],
    })
  }
}

/**
 * Encodes a private key as the content of a file.
 *
 * @param pair - the key
 * @param format - `pem` PKCS#8 (RFC 7468 section 10, 11), `protobuf` libp2p PrivateKey, binary, as Kubo exports it,
 * `jwk` one line of JSON (RFC 7517, RFC 8037, RFC 8812), `raw` the 32 bytes of the seed or scalar
 * @param passphrase - encrypts `pem`; its bytes, verbatim
 * @returns the file's bytes
 * @throws ToolkitError `usage` for a combination that cannot be
 */
export async function encodeKey(pair: KeyPair, format: KeyFormat, passphrase?: Uint8Array): Promise<Uint8Array> {
  checkEncoding(format, pair.keyType, passphrase !== undefined)
  switch (format) {
    case 'pem': {
      const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' })
      if (passphrase === undefined) return pemBlock('PRIVATE KEY', pkcs8)
      return pemBlock('ENCRYPTED PRIVATE KEY', await encryptPkcs8(pkcs8, passphrase))
    }
    case 'protobuf':
      return encodePrivateKey(pair)
    case 'jwk':
      return Buffer.from(`${JSON.stringify(pair.privateKey.export({ format: 'jwk' }))}\n`)
    case 'raw':
      return seedOf(pair)
  }
}

/**
 * Encodes a key as a libp2p protobuf PrivateKey (peer-ids.md, "Key Types"), the form that libp2p's libraries take.
 *
 * @param pair - the key
 * @returns the protobuf: PKCS#1 DER for RSA, seed and public key (64 bytes) for Ed25519, the scalar for secp256k1
 */
export function encodePrivateKey(pair: KeyPair): Uint8Array {
  const { keyType } = pair
  if (keyType === 'rsa') {
    return encodeKeyMessage({ keyType, data: pair.privateKey.export({ format: 'der', type: 'pkcs1' }) })
  }
  const seed = seedOf(pair)
  const data = keyType === 'ed25519' ? Buffer.concat([seed, decodeKeyMessage(pair.publicKey).data]) : seed
  return encodeKeyMessage({ keyType, data })
}

function seedOf(pair: KeyPair): Uint8Array {
  return Buffer.from(pair.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
}

function pemBlock(label: string, der: Uint8Array): Uint8Array {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return Buffer.from([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'))
}
