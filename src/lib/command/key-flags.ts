import { Args, Flags } from '@oclif/core'
import { keyFormats, keyTypes } from '../keys/key-type.ts'
import { readPassphraseFile } from '../keys/passphrase.ts'

/** Where a private key goes, and in which form. */
export const keyOutputFlags = {
  format: Flags.option({ options: keyFormats, summary: 'file format' })({ default: 'pem' }),
  force: Flags.boolean({ summary: 'replace an existing file' }),
}

/** `-t`, for keys that are made and for raw seeds that are read. */
export const keyTypeFlag = Flags.option({ char: 't', options: keyTypes })

/** A file that holds a private key. */
export const keyFileArgument = Args.string({
  required: true,
  ignoreStdin: true,
  description: 'file with a private key; - reads stdin',
})

/**
 * Reads a passphrase from the file that a flag names.
 *
 * @param file - the flag's value
 * @returns the passphrase, or undefined without a file
 * @throws ToolkitError `local` when it cannot be read
 */
export async function passphraseFrom(file: string | undefined): Promise<Uint8Array | undefined> {
  return file === undefined ? undefined : await readPassphraseFile(file)
}
