import type { KeyRecord, PeerIdRecord } from '../records/key.ts'
import { renderRows } from './rows.ts'
import type { Style } from './style.ts'

/** Renders the public side of a key. */
export function renderKey(record: KeyRecord, style: Style): string {
  const stored = record.format && `${record.format}${record.encrypted ? ', encrypted' : ''}`
  return renderRows(
    [
      ['peer ID', record.peerId],
      ['key type', record.keyType],
      ['public key', record.publicKey],
      ['format', stored],
      ['file', record.file],
    ],
    style,
  )
}

/** Renders a peer ID in each of its encodings. */
export function renderPeerId(record: PeerIdRecord, style: Style): string {
  return renderRows(
    [
      ['peer ID', record.peerId],
      ['CID base32', record.cidBase32],
      ['CID base36', record.cidBase36],
      ['key type', record.keyType ?? 'not known: the ID is a hash of the key'],
      ['public key', record.publicKey],
      ['multihash', record.multihash],
    ],
    style,
  )
}
