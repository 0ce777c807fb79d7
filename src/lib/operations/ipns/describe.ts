import type { IpnsEntry } from '../../protocols/ipns/entry.ts'
import type { IpnsRecord } from '../../records/ipns.ts'

/** A record counts its TTL in nanoseconds (IPNS spec, "IPNS Record"). */
const nsPerMs = 1e6

/**
 * Describes an IPNS record.
 *
 * @param entry - what it says
 * @param about - whose it is, whether its signature holds, who gave it
 * @returns its record
 */
export function describeIpns(
  { value, sequence, ttl, expires }: IpnsEntry,
  about: { name?: string | undefined; signature: IpnsRecord['signature']; from?: string },
): IpnsRecord {
  const { name, signature, from } = about
  return {
    type: 'ipns',
    ...(name !== undefined && { name }),
    value,
    sequence: String(sequence),
    ...(ttl !== undefined && { ttlMs: Number(ttl) / nsPerMs }),
    validity: expires.toISOString(),
    expired: expires.getTime() < Date.now(),
    signature,
    ...(from !== undefined && { from }),
  }
}
