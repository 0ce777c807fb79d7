import * as base32 from 'multiformats/bases/base32'
import * as base36 from 'multiformats/bases/base36'
import * as base58 from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { decode as decodeMultihash } from 'multiformats/hashes/digest'
import { ToolkitError } from '../errors/toolkit-error.ts'
import type { KeyType } from './key-type.ts'
import { multibaseOf } from './multibases.ts'
import { decodeKeyMessage, encodeKeyMessage, KeyMessageError } from './protobuf.ts'
import { quoted } from './quoted.ts'

/** A peer ID: a multihash, and the public key where the multihash holds it. */
export interface PeerId {
  /** multihash of the libp2p protobuf PublicKey: identity or sha2-256 */
  multihash: Uint8Array
  /** key type and libp2p protobuf PublicKey; absent for a hash */
  inlined?: { keyType: KeyType; publicKey: Uint8Array }
}

/** Multicodec table. */
const libp2pKeyCode = 0x72
const identityCode = 0x00
const sha256Code = 0x12
const codecNames = new Map([
  [0x51, 'cbor'],
  [0x55, 'raw'],
  [0x70, 'dag-pb'],
  [0x71, 'dag-cbor'],
  [0x0129, 'dag-json'],
])

/** Longest public key that a peer ID holds inlined (peer-ids.md, "Peer Ids"). */
export const longestInlinedKey = 42

/** Base 2 of the longest peer ID fits; base58 is quadratic in what it is given. */
const longestText = 512

/**
 * Reads a peer ID in any of its encodings (libp2p specs, peer-ids/peer-ids.md, "String representation").
 *
 * @param text - base58btc multihash (`12D3…`, `16U…`, `Qm…`), or CIDv1 with codec libp2p-key in any multibase
 * @returns the peer ID; that an inlined public key is a point of its curve is not checked
 * @throws ToolkitError `usage` for anything else
 */
export function parsePeerId(text: string): PeerId {
  try {
    return peerIdFromMultihash(multihashFromText(text))
  } catch (error) {
    const reason = error instanceof Refusal || error instanceof KeyMessageError ? error.message : 'it does not decode'
    const suggestions = text.startsWith('/') ? ['take a multiaddr apart with `p2p maddr parse`'] : []
    throw new ToolkitError('usage', `not a peer ID: ${quoted(text)}: ${reason}`, {
      layer: 'identity',
      suggestions,
      cause: error,
    })
  }
}

/** A sha2-256 multihash has 34 bytes, and one that holds a key inlined 44 at most. */
const longestMultihash = 64

/**
 * Reads a peer ID as messages carry it: a bare multihash (peer-ids.md, "Peer Ids").
 *
 * @param multihash - any bytes
 * @returns base58btc text
 * @throws ToolkitError `usage` where it is no peer ID
 */
export function peerIdOfBytes(multihash: Uint8Array): string {
  try {
    // base58 is quadratic: nothing longer is a peer ID
    if (multihash.length > longestMultihash) throw new Refusal(`it has ${multihash.length} bytes`)
    return formatPeerId(peerIdFromMultihash(multihash))
  } catch (error) {
    const reason = error instanceof Refusal || error instanceof KeyMessageError ? error.message : 'it is no multihash'
    throw new ToolkitError('usage', `not a peer ID: ${reason}`, { layer: 'identity', cause: error })
  }
}

/**
 * The canonical text of a peer ID.
 *
 * @param id - a peer ID's multihash
 * @returns base58btc without a multibase prefix (peer-ids.md, "Encoding")
 */
export function formatPeerId(id: Pick<PeerId, 'multihash'>): string {
  return base58.base58btc.baseEncode(id.multihash)
}

/**
 * A peer ID as a CIDv1 of codec libp2p-key.
 *
 * @param id - a peer ID's multihash
 * @param base - multibase; base32 is the spec's default for CIDs, base36 what DNS names and Kubo use
 * @returns the CID's text
 */
export function formatPeerIdCid(id: Pick<PeerId, 'multihash'>, base: 'base32' | 'base36'): string {
  const cid = CID.createV1(libp2pKeyCode, decodeMultihash(id.multihash))
  return base === 'base32' ? cid.toString(base32.base32) : cid.toString(base36.base36)
}

class Refusal extends Error {}

function multihashFromText(text: string): Uint8Array {
  if (text.length > longestText) throw new Refusal(`it is longer than ${longestText} characters`)
  if (text.startsWith('1') || text.startsWith('Qm')) return base58.base58btc.baseDecode(text)
  const decoder = multibaseOf(text)
  if (decoder === undefined) throw new Refusal('it starts with neither 1, Qm nor a multibase prefix')
  const cid = CID.decode(decoder.decode(text))
  if (cid.version !== 1) throw new Refusal(`it is a CIDv${cid.version}, not a CIDv1`)
  if (cid.code !== libp2pKeyCode) {
    const codec = codecNames.get(cid.code) ?? 'another codec'
    throw new Refusal(`it is a CID of ${codec} (0x${cid.code.toString(16)}), not of libp2p-key (0x72)`)
  }
  return cid.multihash.bytes
}

function peerIdFromMultihash(multihash: Uint8Array): PeerId {
  const { code, digest } = decodeMultihash(multihash)
  if (code === sha256Code && digest.length === 32) return { multihash }
  if (code !== identityCode) throw new Refusal('its multihash is neither identity nor a whole sha2-256')
  if (digest.length > longestInlinedKey) throw new Refusal('a key this long is hashed in a peer ID, not inlined')
  const message = decodeKeyMessage(digest)
  if (message.data.length !== (message.keyType === 'ed25519' ? 32 : 33) || message.keyType === 'rsa') {
    throw new Refusal(`what it holds is not the length of a public key of type ${message.keyType}`)
  }
  // Two encodings of one key would be two peer IDs; only the deterministic one is anyone's.
  if (!Buffer.from(encodeKeyMessage(message)).equals(digest))
    throw new Refusal('its public key is not encoded canonically')
  return { multihash, inlined: { keyType: message.keyType, publicKey: digest } }
}
