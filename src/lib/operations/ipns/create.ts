import { ToolkitError } from '../../errors/toolkit-error.ts'
import { encodePrivateKey } from '../../keys/encode.ts'
import { type IpnsName, ipnsNameOf } from '../../keys/ipns-name.ts'
import { type KeyPair, peerIdOf } from '../../keys/key-pair.ts'
import { parsePeerId } from '../../keys/peer-id.ts'
import { longestIpnsRecord } from '../../protocols/ipns/entry.ts'
import type { IpnsDraft } from '../../protocols/ipns/record.ts'
import type { IpnsRecord } from '../../records/ipns.ts'
import { describeIpns } from './describe.ts'

/**
 * The name that a key speaks for.
 *
 * @param pair - the key
 * @returns its IPNS name
 */
export function nameOfKey(pair: KeyPair): IpnsName {
  return ipnsNameOf(parsePeerId(peerIdOf(pair)).multihash)
}

/**
 * Makes an IPNS record (https://specs.ipfs.tech/ipns/ipns-record/), without a network.
 *
 * @param pair - the key of the name
 * @param draft - what the record is to say
 * @returns what it says, and the marshalled record
 * @throws ToolkitError `usage` for a value that makes it longer than implementations take
 */
export async function createIpns(pair: KeyPair, draft: IpnsDraft): Promise<{ record: IpnsRecord; bytes: Uint8Array }> {
  const { decodeIpnsRecord, signIpnsRecord } = await import('../../protocols/ipns/record.ts')
  const bytes = await signIpnsRecord(encodePrivateKey(pair), draft)
  if (bytes.length > longestIpnsRecord) {
    const message = `an IPNS record has ${longestIpnsRecord} bytes at most, this one would have ${bytes.length}`
    throw new ToolkitError('usage', message, { layer: 'routing' })
  }
  const about = { name: nameOfKey(pair).text, signature: 'valid' } as const
  return { record: describeIpns(decodeIpnsRecord(bytes), about), bytes }
}
