import { encodeKey } from '../keys/encode.ts'
import { storeKey } from '../keys/key-file.ts'
import { type KeyPair, peerIdOf } from '../keys/key-pair.ts'
import type { KeyFormat } from '../keys/key-type.ts'
import type { KeyRecord } from '../records/key.ts'

/** Where a private key goes: a file, or the caller, who writes it to stdout. */
export type KeyOutput = { file: string; force: boolean } | 'stdout'

/** What a command prints of a key, and the key itself only where it goes to stdout. */
export interface KeyResult {
  record: KeyRecord
  /** the encoded private key, for stdout alone */
  key?: Uint8Array
  /** for people, one line each */
  notes: string[]
}

/**
 * Describes a key pair by its public half.
 *
 * @param pair - the key
 * @returns a record without format and file
 */
export function describeKey(pair: KeyPair): KeyRecord {
  const publicKey = Buffer.from(pair.publicKey).toString('base64')
  return { type: 'key', peerId: peerIdOf(pair), keyType: pair.keyType, publicKey }
}

/**
 * Encodes a key and puts it where it goes.
 *
 * @param pair - the key
 * @param target - format, passphrase that encrypts it, and where it goes
 * @returns the record of what was written, and the bytes where they go to stdout
 * @throws ToolkitError `usage` for a combination that cannot be, `local` where it cannot be written
 */
export async function deliverKey(
  pair: KeyPair,
  target: { format: KeyFormat; passphrase?: Uint8Array | undefined; output: KeyOutput },
): Promise<Omit<KeyResult, 'notes'>> {
  const { format, output, passphrase } = target
  const bytes = await encodeKey(pair, format, passphrase)
  const record = { ...describeKey(pair), format, encrypted: passphrase !== undefined }
  if (output === 'stdout') return { record, key: bytes }
  await storeKey(output.file, bytes, { force: output.force })
  return { record: { ...record, file: output.file } }
}
