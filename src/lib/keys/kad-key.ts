import { createHash } from 'node:crypto'

/** Bits of a place in the key space: it is a SHA-256 digest. */
const kadKeyBits = 256

/**
 * The place of a key in the DHT's key space (kad-dht spec, "Kademlia Keyspace").
 *
 * @param bytes - a record's key, a multihash of content, or the multihash that is a peer ID
 * @returns its SHA-256 digest
 */
export function kadKey(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/**
 * How far two places are from one another (kad-dht spec, "Distance function").
 *
 * @param a - 32 bytes
 * @param b - 32 bytes
 * @returns their XOR, a number of 256 bits, big-endian
 */
export function distance(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from(a, (byte, index) => byte ^ (b[index] ?? 0))
}

/**
 * How many leading bits two places have in common: the bucket of the one in the routing table of the other.
 *
 * @param apart - their distance
 * @returns 0 to 256
 */
export function commonPrefixLength(apart: Uint8Array): number {
  const index = apart.findIndex((byte) => byte !== 0)
  return index === -1 ? kadKeyBits : index * 8 + Math.clz32(apart[index] ?? 0) - 24
}
