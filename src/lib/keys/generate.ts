import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { type KeyPair, keyPairFrom } from './key-pair.ts'
import { type KeyType, rsaBits } from './key-type.ts'

const generate = promisify(generateKeyPair)

/**
 * Generates a key pair from the operating system's randomness.
 *
 * @param keyType - which kind
 * @param bits - length of an RSA modulus, 2048 to 8192, 2048 by default; no other type has a choice
 * @returns the pair; 8192 bits take from seconds to a minute
 * @throws ToolkitError `usage` for a length that cannot be
 */
export async function generateKeyPairOf(keyType: KeyType, bits?: number): Promise<KeyPair> {
  if (keyType !== 'rsa') {
    if (bits !== undefined) throw new ToolkitError('usage', `a key of type ${keyType} has no choice of bits`)
    const { privateKey } =
      keyType === 'ed25519' ? await generate('ed25519', {}) : await generate('ec', { namedCurve: 'secp256k1' })
    return keyPairFrom(privateKey)
  }
  const modulusLength = bits ?? rsaBits.least
  if (!Number.isInteger(modulusLength) || modulusLength < rsaBits.least || modulusLength > rsaBits.most) {
    throw new ToolkitError('usage', `an RSA key has ${rsaBits.least} to ${rsaBits.most} bits, not ${modulusLength}`)
  }
  const { privateKey } = await generate('rsa', { modulusLength })
  return keyPairFrom(privateKey)
}
