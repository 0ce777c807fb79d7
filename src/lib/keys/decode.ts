import { ToolkitError } from '../errors/toolkit-error.ts'
import { decodeJwk } from './decode-jwk.ts'
import { decodePem } from './decode-pem.ts'
import { decodePrivateKey } from './decode-protobuf.ts'
import { type KeyPair, keyPairFromSeed, peerIdOf } from './key-pair.ts'
import type { KeyFormat, KeyType } from './key-type.ts'
import { refuseKey } from './refuse-key.ts'

/** What the content of a key file needs beside itself. */
export interface DecodeOptions {
  /** type of a raw seed, which does not say it; of any other key it is checked */
  keyType?: KeyType | undefined
  /** for an encrypted key; its bytes, verbatim */
  passphrase?: Uint8Array | undefined
}

/** A key, and how its file holds it. */
export interface DecodedKey {
  pair: KeyPair
  format: KeyFormat
  encrypted: boolean
}

/**
 * Decodes a private key by its content: PEM, a JWK, a Kubo configuration, a libp2p protobuf (binary or base64), or a
 * raw seed of 32 bytes (binary or hex).
 *
 * @param bytes - a key file's content; the caller bounds its length
 * @param options - type and passphrase
 * @returns the key, its format and whether it was encrypted
 * @throws ToolkitError `local` with the reason, `usage` for a raw RSA key
 */
export function decodeKey(bytes: Uint8Array, options: DecodeOptions = {}): DecodedKey {
  const decoded = decodeByContent(bytes, options)
  const { keyType } = decoded.pair
  if (options.keyType !== undefined && options.keyType !== keyType) {
    throw refuseKey(`it is of type ${keyType}, not ${options.keyType} as asked for`)
  }
  return decoded
}

function decodeByContent(bytes: Uint8Array, options: DecodeOptions): DecodedKey {
  if (bytes.length === 0) throw refuseKey('it is empty')
  const text = decodeText(bytes)
  if (text?.includes('-----BEGIN ')) return { format: 'pem', ...decodePem(text, options.passphrase) }
  // No other form of an offered key is as short as 32 bytes, so that a seed is never taken for one.
  if (bytes.length === 32) return decodeSeed(bytes, options.keyType)
  if (text?.startsWith('{')) return decodeJson(text)
  if (text !== undefined && /^(?:0x)?[0-9a-f]{64}$/i.test(text)) {
    return decodeSeed(Buffer.from(text.slice(-64), 'hex'), options.keyType)
  }
  const encoded = text === undefined ? undefined : decodeBase64(text)
  if (encoded !== undefined && startsKeyMessage(encoded)) {
    return { format: 'protobuf', encrypted: false, pair: decodePrivateKey(encoded) }
  }
  if (startsKeyMessage(bytes)) return { format: 'protobuf', encrypted: false, pair: decodePrivateKey(bytes) }
  throw unknownContent(bytes)
}

function decodeSeed(seed: Uint8Array, keyType: KeyType | undefined): DecodedKey {
  if (keyType === 'rsa') throw new ToolkitError('usage', 'an RSA key has no raw form', { layer: 'identity' })
  if (keyType === undefined) {
    throw refuseKey('32 raw bytes do not say what type of key they are', {
      suggestions: ['name the type with -t ed25519 or -t secp256k1'],
    })
  }
  return { format: 'raw', encrypted: false, pair: keyPairFromSeed(keyType, seed) }
}

function decodeJson(text: string): DecodedKey {
  const json = parseObject(text)
  const identity = 'Identity' in json ? json.Identity : undefined
  if (typeof identity === 'object' && identity !== null) return decodeKuboIdentity(identity)
  if ('kty' in json) return { format: 'jwk', encrypted: false, pair: decodeJwk(json) }
  throw refuseKey('its JSON is neither a JWK nor a Kubo configuration with Identity.PrivKey')
}

function decodeKuboIdentity(identity: object): DecodedKey {
  const encoded = 'PrivKey' in identity && typeof identity.PrivKey === 'string' ? identity.PrivKey : undefined
  if (encoded === undefined) throw refuseKey('this Kubo configuration has no Identity.PrivKey')
  const bytes = decodeBase64(encoded)
  if (bytes === undefined) throw refuseKey('Identity.PrivKey of this Kubo configuration is not base64')
  const pair = decodePrivateKey(bytes)
  if ('PeerID' in identity && identity.PeerID !== peerIdOf(pair)) {
    throw refuseKey('Identity.PeerID of this Kubo configuration is not that of its Identity.PrivKey')
  }
  return { format: 'protobuf', encrypted: false, pair }
}

function parseObject(text: string): object {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null) return json
  } catch {
    // JSON.parse quotes the text it stumbled over, which may be the key
  }
  throw refuseKey('it looks like JSON and is not')
}

/** Either field of the key message comes first: Type (0x08) or Data (0x12). */
function startsKeyMessage(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08 || bytes[0] === 0x12
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
  } catch {
    return undefined
  }
}

function decodeBase64(text: string): Uint8Array | undefined {
  const joined = text.replace(/\s+/g, '')
  if (!/^(?:[A-Za-z0-9+/]+|[\w-]+)={0,2}$/.test(joined)) return undefined
  return Buffer.from(joined, 'base64')
}

function unknownContent(bytes: Uint8Array): ToolkitError {
  if (bytes[0] !== 0x30)
    return refuseKey('it is neither PEM, libp2p protobuf, JWK, Kubo configuration nor a 32-byte seed')
  return refuseKey('it looks like DER, and PEM is read', {
    suggestions: ['convert it with `openssl pkey -inform DER -in FILE -out FILE.pem`'],
  })
}
