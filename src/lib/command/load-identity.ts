import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { PassphraseMissing } from '../keys/decode-pem.ts'
import { loadKey } from '../keys/key-file.ts'
import { readPassphraseFile } from '../keys/passphrase.ts'

/** A key that was read, with notes for its owner. */
export type LoadedKey = Awaited<ReturnType<typeof loadKey>>

/**
 * Reads a private key, with the passphrase from a file, or asked for on the terminal when it turns
 * out to be needed.
 *
 * @param file - the key file
 * @param passphraseFile - where the passphrase is
 * @param signal - ends the question
 * @returns the key
 * @throws ToolkitError `local` when it cannot be read
 */
export async function loadIdentity(
  file: string,
  passphraseFile: string | undefined,
  signal: AbortSignal,
): Promise<LoadedKey> {
  try {
    if (passphraseFile !== undefined)
      return await loadKey(file, { passphrase: await readPassphraseFile(passphraseFile) })
    return await loadKey(file)
  } catch (error) {
    const isMissing = error instanceof ToolkitError && error.cause instanceof PassphraseMissing
    if (!isMissing || !process.stdin.isTTY || !process.stderr.isTTY) throw ofNetworkCommand(error)
    return await loadKey(file, { passphrase: await askPassphrase(file, signal) })
  }
}

/** Key commands have --passphrase-file; network commands have other files too, and call it by the key. */
function ofNetworkCommand(error: unknown): unknown {
  if (!(error instanceof ToolkitError)) return error
  const { code, message, layer, cause } = error
  const suggestions = error.suggestions.map((text) => text.replace('--passphrase-file', '--key-passphrase-file'))
  return new ToolkitError(code, message, { ...(layer && { layer }), suggestions, cause })
}

/** Asks on the terminal, without showing what is typed. */
async function askPassphrase(file: string, signal: AbortSignal): Promise<Uint8Array> {
  process.stderr.write(`passphrase of ${file}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true, signal })
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      terminal.once('line', resolve)
      terminal.once('SIGINT', () => process.emit('SIGINT'))
      terminal.once('close', () => reject(signal.reason ?? new ToolkitError('local', 'no passphrase was given')))
    })
    return new TextEncoder().encode(answer)
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
