import { hash, randomBytes } from 'node:crypto'

/** Header of a sha2-256 multihash (multihash table): every server takes one for the ID of a peer. */
const sha256Header = Uint8Array.of(0x12, 0x20)

/** Longest prefix that keys are made for, as in Go: one of 2 ** 16 keys has it, and they are found within tenths of a second. */
export const longestPrefix = 15

/**
 * Makes a key that could be anybody's.
 *
 * @returns a sha2-256 multihash of nothing that is known
 */
export function randomKey(): Uint8Array {
  return Buffer.concat([sha256Header, randomBytes(32)])
}

/**
 * Finds a key whose place (kad-dht spec, "Kademlia Keyspace") shares exactly this many leading bits with another.
 * Places are hashes: keys are tried until one fits.
 *
 * @param place - 32 bytes
 * @param cpl - leading bits in common, `longestPrefix` at most
 * @returns a sha2-256 multihash
 */
export function keyAtPrefix(place: Uint8Array, cpl: number): Uint8Array {
  const wanted = Buffer.from(place).readUInt32BE()
  const key = Buffer.from(randomKey())
  for (let tried = key.readUInt32BE(2); ; tried++) {
    key.writeUInt32BE(tried >>> 0, 2)
    if (Math.clz32(wanted ^ hash('sha256', key, 'buffer').readUInt32BE()) === cpl) return key
  }
}
