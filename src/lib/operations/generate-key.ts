import { ToolkitError } from '../errors/toolkit-error.ts'
import { checkEncoding } from '../keys/encode.ts'
import { generateKeyPairOf } from '../keys/generate.ts'
import type { KeyFormat, KeyType } from '../keys/key-type.ts'
import { deliverKey, describeKey, type KeyOutput, type KeyResult } from './key-result.ts'

/** What `keygen` is asked for. */
interface GenerateKeyOptions {
  keyType: KeyType
  /** length of an RSA modulus in bits, 2048 to 8192 */
  bits?: number | undefined
  format: KeyFormat
  /** absent: the key is not kept */
  output?: KeyOutput | undefined
  /** encrypts the `pem` format; its bytes, verbatim */
  passphrase?: Uint8Array | undefined
}

/**
 * Generates a key, and keeps it where it is told to.
 *
 * @param options - type, format, output and passphrase
 * @returns the key's record, its bytes where they go to stdout, and notes
 * @throws ToolkitError `usage` for a combination that cannot be, `local` where the file exists or cannot be written
 */
export async function generateKey(options: GenerateKeyOptions): Promise<KeyResult> {
  const { keyType, format, output, passphrase } = options
  checkEncoding(format, keyType, passphrase !== undefined)
  if (output === undefined && passphrase !== undefined) {
    throw new ToolkitError('usage', 'a passphrase was given for a key that is not kept', {
      suggestions: ['name the file to keep the key in with -o FILE'],
    })
  }
  const pair = await generateKeyPairOf(keyType, options.bits)
  if (output === undefined) {
    return { record: describeKey(pair), notes: ['this key is not kept: give -o FILE to keep it'] }
  }
  return { ...(await deliverKey(pair, { format, passphrase, output })), notes: [] }
}
