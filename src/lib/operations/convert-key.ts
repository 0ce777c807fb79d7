import { checkEncoding } from '../keys/encode.ts'
import { loadKey } from '../keys/key-file.ts'
import type { KeyFormat, KeyType } from '../keys/key-type.ts'
import { deliverKey, type KeyOutput, type KeyResult } from './key-result.ts'

/** What `key convert` is asked for. */
interface ConvertKeyOptions {
  /** the file to read */
  input: string
  /** type of a raw seed */
  keyType?: KeyType | undefined
  /** opens an encrypted input; its bytes, verbatim */
  passphrase?: Uint8Array | undefined
  format: KeyFormat
  output: KeyOutput
  /** encrypts a `pem` output; its bytes, verbatim */
  outPassphrase?: Uint8Array | undefined
}

/**
 * Reads a key file and writes the same key in a format.
 *
 * @param options - input, output, format and passphrases
 * @returns the record of what was written, its bytes where they go to stdout, and notes
 * @throws ToolkitError `usage` for a combination that cannot be, `local` with the path and the reason
 */
export async function convertKey(options: ConvertKeyOptions): Promise<KeyResult> {
  const { input, keyType, passphrase, format, output, outPassphrase } = options
  checkEncoding(format, keyType, outPassphrase !== undefined)
  const { pair, encrypted, notes } = await loadKey(input, { keyType, passphrase })
  const result = await deliverKey(pair, { format, passphrase: outPassphrase, output })
  if (encrypted && outPassphrase === undefined) notes.push('the key was encrypted and now is not')
  return { ...result, notes }
}
