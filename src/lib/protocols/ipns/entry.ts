/** Largest record that implementations take, in bytes (IPNS spec, "Record Size Limit"). */
export const longestIpnsRecord = 10 * 1024

/** What an IPNS record says, read from its signed data. */
export interface IpnsEntry {
  /** a content path, such as `/ipfs/bafy…` */
  value: string
  /** the highest of a name's records wins */
  sequence: bigint
  /** how long it may be cached, in nanoseconds */
  ttl?: bigint
  /** until when it is valid */
  expires: Date
  /** multihash of the public key that it carries: of keys that their peer ID only hashes */
  signer?: Uint8Array
}

/**
 * Says which of two records of one name is to be preferred (IPNS spec, "Record Verification"): the higher sequence,
 * else the one that is valid for longer.
 *
 * @param a - one
 * @param b - the other
 * @returns above 0 for `a`, below 0 for `b`, 0 where neither is better
 */
export function compareIpnsEntries(a: IpnsEntry, b: IpnsEntry): number {
  if (a.sequence !== b.sequence) return a.sequence > b.sequence ? 1 : -1
  return a.expires.getTime() - b.expires.getTime()
}
