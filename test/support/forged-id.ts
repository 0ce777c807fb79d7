import { base58btc } from 'multiformats/bases/base58'

/** The text of an Ed25519 peer ID whose key nobody has: its 32 bytes are all this number's. */
export function forgedId(number: number): string {
  const bytes = Buffer.alloc(38)
  // identity multihash of a libp2p PublicKey, type Ed25519
  bytes.set([0x00, 0x24, 0x08, 0x01, 0x12, 0x20])
  bytes.writeUInt32BE(number, 34)
  return base58btc.baseEncode(bytes)
}
