import { createCipheriv, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { derTag, readDerChildren, writeDer } from './der.ts'

/**
 * Iterations of PBKDF2 with HMAC-SHA-256, as OWASP's Password Storage Cheat Sheet asks. node:crypto's own
 * export of an encrypted PKCS#8 uses 2048 and offers no choice, which is why PBES2 is written here.
 */
const iterations = 600_000

/** Largest work factor of an input that is computed: about two seconds of PBKDF2, and as much of scrypt. */
const mostWork = 10_000_000

const derNull = writeDer(derTag.null)
const oid = {
  /** 1.2.840.113549.1.5.13 */
  pbes2: Buffer.from('06092a864886f70d01050d', 'hex'),
  /** 1.2.840.113549.1.5.12 */
  pbkdf2: Buffer.from('06092a864886f70d01050c', 'hex'),
  /** 1.2.840.113549.2.9 */
  hmacWithSha256: Buffer.from('06082a864886f70d0209', 'hex'),
  /** 2.16.840.1.101.3.4.1.42 */
  aes256Cbc: Buffer.from('060960864801650304012a', 'hex'),
}

/**
 * Encrypts a PKCS#8 PrivateKeyInfo with PBES2: PBKDF2-HMAC-SHA-256 and AES-256-CBC, which every OpenSSL
 * since 1.0 reads (RFC 8018 section 6.2, RFC 5958 section 3).
 *
 * @param pkcs8 - DER PrivateKeyInfo
 * @param passphrase - its bytes, verbatim
 * @returns DER EncryptedPrivateKeyInfo
 */
export async function encryptPkcs8(pkcs8: Uint8Array, passphrase: Uint8Array): Promise<Uint8Array> {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const key = await promisify(pbkdf2)(passphrase, salt, iterations, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const encrypted = Buffer.concat([cipher.update(pkcs8), cipher.final()])
  const count = writeDer(derTag.integer, Uint8Array.of(iterations >>> 16, (iterations >>> 8) & 0xff, iterations & 0xff))
  const prf = writeDer(derTag.sequence, oid.hmacWithSha256, derNull)
  const kdfParameters = writeDer(derTag.sequence, writeDer(derTag.octetString, salt), count, prf)
  const kdf = writeDer(derTag.sequence, oid.pbkdf2, kdfParameters)
  const scheme = writeDer(derTag.sequence, oid.aes256Cbc, writeDer(derTag.octetString, iv))
  const algorithm = writeDer(derTag.sequence, oid.pbes2, writeDer(derTag.sequence, kdf, scheme))
  return writeDer(derTag.sequence, algorithm, writeDer(derTag.octetString, encrypted))
}

/**
 * Whether opening an EncryptedPrivateKeyInfo takes a bearable time. Its work factor is chosen by whoever wrote
 * the file, and OpenSSL would compute for minutes before it found the passphrase wrong.
 *
 * @param encrypted - DER EncryptedPrivateKeyInfo
 * @returns false where PBKDF2 or PBES1 iterate, or N·r·p of scrypt exceeds, 10 million times; true where it has no such numbers
 */
export function isBearableWork(encrypted: Uint8Array): boolean {
  const counts = integersOf(encrypted, 0)
  // PBKDF2-params: iterationCount, keyLength?; scrypt-params (RFC 7914 section 7.1): N, r, p, keyLength?
  const factors = counts.length > 2 ? counts.slice(0, 3) : counts.slice(0, 1)
  return factors.reduce((product, factor) => product * factor, 1) <= mostWork
}

/** Integers of the nested sequences, depth first; the nesting of RFC 8018 is five deep. */
function integersOf(content: Uint8Array, depth: number): number[] {
  if (depth > 8) return []
  return (readDerChildren(content) ?? []).flatMap((element) => {
    if (element.tag === derTag.integer) return [Number(`0x0${Buffer.from(element.content).toString('hex')}`)]
    return element.tag === derTag.sequence ? integersOf(element.content, depth + 1) : []
  })
}
