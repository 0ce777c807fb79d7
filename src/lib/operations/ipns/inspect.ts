import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { readBoundedFile } from '../../files/read-bounded-file.ts'
import { type IpnsName, ipnsNameOf } from '../../keys/ipns-name.ts'
import { type IpnsEntry, longestIpnsRecord } from '../../protocols/ipns/entry.ts'
import type { IpnsRecord } from '../../records/ipns.ts'
import { describeIpns } from './describe.ts'

/**
 * Shows what a marshalled IPNS record says (https://specs.ipfs.tech/ipns/ipns-record/). Its signature is checked by the
 * key of `name`, or by the key that it carries.
 *
 * @param input - a file, `-` for stdin, and whose record it should be
 * @returns what it says
 * @throws ToolkitError `local` for a file that cannot be read, is too long or holds no record; `negative`, after it was
 *   told, for a record that has expired or that another key signed
 */
export async function* inspectIpns(input: { file: string; name?: IpnsName | undefined }): AsyncGenerator<IpnsRecord> {
  const { bytes } = await readBoundedFile(input.file, longestIpnsRecord)
  const { decodeIpnsRecord, verifyIpnsRecord } = await import('../../protocols/ipns/record.ts')
  const entry = decoded(decodeIpnsRecord, bytes)
  const name = input.name ?? (entry.signer && ipnsNameOf(entry.signer))
  const verdict = name === undefined ? 'unchecked' : await verifyIpnsRecord(name.key.bytes, bytes)
  const signature = verdict === 'unchecked' ? 'unchecked' : typeof verdict === 'object' ? 'invalid' : 'valid'
  const record = describeIpns(entry, { name: name?.text, signature })
  yield record
  if (typeof verdict === 'object') throw refuse(`not a valid record of ${name?.text}: ${verdict.fault}`)
  if (record.expired) throw refuse(`the record expired at ${record.validity}`)
}

function decoded(decode: (bytes: Uint8Array) => IpnsEntry, bytes: Uint8Array): IpnsEntry {
  try {
    return decode(bytes)
  } catch (error) {
    throw new ToolkitError('local', `not an IPNS record: ${messageOf(error)}`, { layer: 'routing', cause: error })
  }
}

function refuse(message: string): ToolkitError {
  return new ToolkitError('negative', message, { layer: 'routing' })
}
