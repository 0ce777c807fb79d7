import { type KeyObject, verify } from 'node:crypto'
import { textOfPacked } from '../../addresses/multiaddr/text.ts'
import { peerIdOf } from '../../keys/key-pair.ts'
import type { KeyType } from '../../keys/key-type.ts'
import { formatPeerId } from '../../keys/peer-id.ts'
import { decodePublicKey } from '../../keys/public-key.ts'
import { fieldsOf, writeVarint } from '../protobuf.ts'

/** What a signed peer record says, and whether its signature and its peer hold. */
export interface SignedPeerRecord {
  /** decimal text of a 64-bit number */
  seq: string
  addresses: string[]
  valid: boolean
}

/** Domains that records are signed for; rust-libp2p still signs for the older one. */
const domains = ['libp2p-peer-record', 'libp2p-routing-state']
/** A sha2-256 multihash has 34 bytes, and an inlined key 42 at most. */
const longestMultihash = 64
/** Addresses of one record that are kept. */
const maxAddresses = 100

/**
 * Decodes and verifies a signed peer record: a signed envelope (RFC 0002) that holds a routing
 * record (RFC 0003), see https://github.com/libp2p/specs/tree/master/RFC.
 *
 * @param bytes - the envelope
 * @param peer - the peer ID that the connection has proved
 * @param problems - told what is wrong, one clause each
 * @returns the record; `valid` only when the signature holds and key, record and connection agree
 * @throws RangeError where it cannot be taken apart
 */
export function openSignedPeerRecord(
  bytes: Uint8Array,
  peer: string,
  problems: string[],
): SignedPeerRecord & { truncated: boolean } {
  const envelope = {
    publicKey: new Uint8Array(),
    payloadType: new Uint8Array(),
    payload: new Uint8Array(),
    signature: new Uint8Array(),
  }
  for (const field of fieldsOf(bytes)) {
    if (field.kind !== 'bytes') continue
    if (field.number === 1) envelope.publicKey = Uint8Array.from(field.value)
    if (field.number === 2) envelope.payloadType = Uint8Array.from(field.value)
    if (field.number === 3) envelope.payload = Uint8Array.from(field.value)
    if (field.number === 5) envelope.signature = Uint8Array.from(field.value)
  }
  const record = readRecord(envelope.payload, problems)
  const { keyType, key } = decodePublicKey(envelope.publicKey)
  const signed = domains.some((domain) => {
    const message = Buffer.concat(
      [Buffer.from(domain), envelope.payloadType, envelope.payload].flatMap((part) => [writeVarint(part.length), part]),
    )
    return isSigned(keyType, key, message, envelope.signature)
  })
  const signer = peerIdOf({ publicKey: envelope.publicKey })
  if (!signed) problems.push('signedPeerRecord: its signature does not hold')
  if (signer !== peer) problems.push(`signedPeerRecord: it is signed by ${signer}`)
  if (record.peer !== peer) problems.push(`signedPeerRecord: it speaks for ${record.peer ?? 'nobody'}`)
  const { seq, addresses, truncated } = record
  return { seq, addresses, truncated, valid: signed && signer === peer && record.peer === peer }
}

function readRecord(payload: Uint8Array, problems: string[]) {
  const record: { peer?: string; seq: string; addresses: string[]; truncated: boolean } = {
    seq: '0',
    addresses: [],
    truncated: false,
  }
  let multihash: Uint8Array | undefined
  let addresses = 0
  for (const field of fieldsOf(payload)) {
    if (field.number === 1 && field.kind === 'bytes') multihash = field.value
    if (field.number === 2 && field.kind === 'varint') record.seq = field.value.toString()
    if (field.number !== 3 || field.kind !== 'bytes') continue
    if (++addresses > maxAddresses) record.truncated = true
    else {
      const address = addressOf(field.value)
      if (address === undefined) problems.push('signedPeerRecord: an address in it is no multiaddr')
      else record.addresses.push(address)
    }
  }
  // base58 is quadratic: nothing longer is a peer ID
  if (multihash !== undefined && multihash.length <= longestMultihash) record.peer = formatPeerId({ multihash })
  return record
}

function addressOf(info: Uint8Array): string | undefined {
  try {
    for (const field of fieldsOf(info)) {
      if (field.number === 1 && field.kind === 'bytes') return textOfPacked(field.value)
    }
  } catch {
    // malformed: the caller reports it
  }
  return undefined
}

/** peer-ids.md, "Key Types": Ed25519 signs the message itself, the others its SHA-256 digest. */
function isSigned(keyType: KeyType, key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(keyType === 'ed25519' ? null : 'sha256', message, key, signature)
}
