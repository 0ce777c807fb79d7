import { loadKey } from '../keys/key-file.ts'
import type { KeyType } from '../keys/key-type.ts'
import { describeKey, type KeyResult } from './key-result.ts'

/** What `key inspect` is asked for. */
interface InspectKeyOptions {
  file: string
  /** type of a raw seed */
  keyType?: KeyType | undefined
  /** of an encrypted key; its bytes, verbatim */
  passphrase?: Uint8Array | undefined
}

/**
 * Reads a key file and describes the key by its public half.
 *
 * @param options - file, type and passphrase
 * @returns the key's record and notes; never the key
 * @throws ToolkitError `local` with the path and the reason
 */
export async function inspectKey(options: InspectKeyOptions): Promise<KeyResult> {
  const { file, keyType, passphrase } = options
  const { pair, format, encrypted, notes } = await loadKey(file, { keyType, passphrase })
  return { record: { ...describeKey(pair), format, encrypted, file }, notes }
}
