import { formatPeerId, formatPeerIdCid, parsePeerId } from '../keys/peer-id.ts'
import { decodePublicKey } from '../keys/public-key.ts'
import type { PeerIdRecord } from '../records/key.ts'

/**
 * Shows a peer ID in each of its encodings, with the public key where the ID holds it.
 *
 * @param text - a peer ID in any encoding
 * @returns its record; neither `keyType` nor `publicKey` where the ID is a hash
 * @throws ToolkitError `usage` where it is not a peer ID, or holds a key that is none
 */
export function inspectPeerId(text: string): PeerIdRecord {
  const id = parsePeerId(text)
  const record: PeerIdRecord = {
    type: 'peer-id',
    peerId: formatPeerId(id),
    cidBase32: formatPeerIdCid(id, 'base32'),
    cidBase36: formatPeerIdCid(id, 'base36'),
    multihash: Buffer.from(id.multihash).toString('hex'),
  }
  if (id.inlined === undefined) return record
  const { keyType } = decodePublicKey(id.inlined.publicKey)
  return { ...record, keyType, publicKey: Buffer.from(id.inlined.publicKey).toString('base64') }
}
