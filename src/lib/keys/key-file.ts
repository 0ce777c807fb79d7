import { ToolkitError } from '../errors/toolkit-error.ts'
import { writeFileAtomically } from '../files/atomic-file.ts'
import { readBoundedFile } from '../files/read-bounded-file.ts'
import { type DecodedKey, type DecodeOptions, decodeKey } from './decode.ts'
import { PassphraseMissing } from './decode-pem.ts'

/** Above an RSA key of 8192 bits in any format, and above any Kubo configuration seen. */
const longestKeyFile = 64 * 1024

/**
 * Loads a private key from a file of any format that `decodeKey` reads.
 *
 * @param path - the file, at most 64 KiB
 * @param options - type of a raw seed, passphrase of an encrypted key
 * @returns the key, its format, whether it was encrypted, and notes for the user, one line each
 * @throws ToolkitError `local` with the path and the reason
 */
export async function loadKey(path: string, options: DecodeOptions = {}): Promise<DecodedKey & { notes: string[] }> {
  const { bytes, readableByOthers } = await readBoundedFile(path, longestKeyFile)
  const notes = readableByOthers ? [`other users can read the private key in ${path}: protect it with chmod 600`] : []
  return { ...decodeNamed(path, bytes, options), notes }
}

/**
 * Stores a private key: atomically, for its owner only, and never over a file that exists unless told to.
 *
 * @param path - the file
 * @param bytes - an encoded key
 * @param options - `force` replaces a file that exists
 * @throws ToolkitError `local`; the file is untouched then
 */
export async function storeKey(path: string, bytes: Uint8Array, options: { force: boolean }): Promise<void> {
  const existsSuggestion = 'replace it with --force; the key in it is lost then'
  await writeFileAtomically(path, bytes, { mode: 0o600, overwrite: options.force, existsSuggestion })
}

function decodeNamed(path: string, bytes: Uint8Array, options: DecodeOptions): DecodedKey {
  try {
    return decodeKey(bytes, options)
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error
    const { layer, suggestions } = error
    const cause = error instanceof PassphraseMissing ? error : error.cause
    throw new ToolkitError(error.code, `${path}: ${error.message}`, { ...(layer && { layer }), suggestions, cause })
  }
}
