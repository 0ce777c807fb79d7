import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import {
  createIPNSRecord,
  extractPublicKeyFromIPNSRecord,
  type IPNSRecord,
  marshalIPNSRecord,
  unmarshalIPNSRecord,
} from 'ipns'
import { ipnsValidator } from 'ipns/validator'
import { messageOf } from '../../errors/causes.ts'
import { mostUint64 } from '../../keys/uint64.ts'
import { type IpnsEntry, longestIpnsRecord } from './entry.ts'

/** RFC 3339, as the spec has it; the package reads any text as some time. */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

/** What is to be said of the signature of a record, and of its time. */
export type IpnsVerdict = 'valid' | 'expired' | { fault: string }

/**
 * Decodes a record from its signed data (https://specs.ipfs.tech/ipns/ipns-record/). Who signed it is not checked.
 *
 * @param bytes - a marshalled record
 * @returns what it says
 * @throws Error with the reason where it is none: too long, malformed, a sequence, TTL or validity that cannot be
 */
export function decodeIpnsRecord(bytes: Uint8Array): IpnsEntry {
  if (bytes.length > longestIpnsRecord)
    throw new RangeError(`its ${bytes.length} bytes are more than ${longestIpnsRecord}`)
  const record = unmarshalIPNSRecord(bytes)
  const { value, validity, sequence, ttl } = record
  if (!isUint64(sequence)) throw new RangeError('its sequence is not an unsigned number of 64 bits')
  if (ttl !== undefined && !isUint64(ttl)) throw new RangeError('its TTL is not an unsigned number of 64 bits')
  const expires = new Date(validity)
  if (!timestamp.test(validity) || Number.isNaN(expires.getTime())) throw new RangeError('its validity is not a time')
  const signer = signerOf(record)
  return { value, sequence, ...(ttl !== undefined && { ttl }), expires, ...(signer && { signer }) }
}

/**
 * Verifies a record (IPNS spec, "Record Verification").
 *
 * @param key - `/ipns/` and the multihash of the public key that is to have signed it
 * @param bytes - a marshalled record
 * @returns the verdict; `expired` where everything else holds
 */
export async function verifyIpnsRecord(key: Uint8Array, bytes: Uint8Array): Promise<IpnsVerdict> {
  try {
    decodeIpnsRecord(bytes)
    await ipnsValidator(key, bytes)
    return 'valid'
  } catch (error) {
    return error instanceof Error && error.name === 'RecordExpiredError' ? 'expired' : { fault: messageOf(error) }
  }
}

/** What a new record is to say. */
export interface IpnsDraft {
  /** a content path or a CID */
  value: string
  sequence: bigint
  /** how long it is valid from now on */
  lifetimeMs: number
  ttlMs: number
}

/**
 * Makes a record and signs it, so that readers of the first version of the format take it as well.
 *
 * @param privateKey - libp2p protobuf PrivateKey
 * @param draft - what it is to say
 * @returns the marshalled record
 * @throws Error where the value is none
 */
export async function signIpnsRecord(privateKey: Uint8Array, draft: IpnsDraft): Promise<Uint8Array> {
  const { value, sequence, lifetimeMs, ttlMs } = draft
  const ttlNs = BigInt(Math.round(ttlMs)) * 1_000_000n
  const key = privateKeyFromProtobuf(privateKey)
  return marshalIPNSRecord(await createIPNSRecord(key, value, sequence, lifetimeMs, { ttlNs, v1Compatible: true }))
}

function signerOf(record: IPNSRecord): Uint8Array | undefined {
  const hash = extractPublicKeyFromIPNSRecord(record)?.toMultihash()
  return hash?.bytes
}

/** The package's types say so; its decoder takes whatever CBOR holds. */
function isUint64(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value <= mostUint64
}
