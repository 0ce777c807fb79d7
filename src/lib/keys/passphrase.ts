import { ToolkitError } from '../errors/toolkit-error.ts'
import { readBoundedFile } from '../files/read-bounded-file.ts'

/** Longest passphrase that OpenSSL takes, in bytes (PEM_BUFSIZE). */
const longestPassphrase = 1024

/**
 * Reads a passphrase from a file. One newline (LF or CRLF) at its end does not count; every other byte does.
 *
 * @param path - the file
 * @returns the passphrase's bytes, 1 to 1024
 * @throws ToolkitError `local` where it cannot be read, is empty, or is too long
 */
export async function readPassphraseFile(path: string): Promise<Uint8Array> {
  const { bytes } = await readBoundedFile(path, longestPassphrase + 2)
  const newline = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? 2 : 1) : 0
  const passphrase = bytes.subarray(0, bytes.length - newline)
  if (passphrase.length === 0) throw new ToolkitError('local', `the passphrase in ${path} is empty`)
  if (passphrase.length > longestPassphrase) {
    throw new ToolkitError('local', `the passphrase in ${path} is longer than ${longestPassphrase} bytes`)
  }
  return passphrase
}
