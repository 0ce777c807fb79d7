import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as createMultihash } from 'multiformats/hashes/digest'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { multibaseOf } from './multibases.ts'
import { formatPeerId, parsePeerId } from './peer-id.ts'
import { quoted } from './quoted.ts'

/** What is looked for in a DHT. */
export interface DhtKey {
  /** as messages carry it: a record's key, or a multihash */
  bytes: Uint8Array
  /** as records and notes show it */
  text: string
}

/** Multicodec table. */
const rawCode = 0x55
const sha256Code = 0x12

/** Longest text of a CID that is tried: base58 is quadratic in what it is given. */
const longestCid = 512
/** Longest key that is sent. */
const longestKey = 1024

/** How CIDs and peer IDs begin, and go on for long: who writes so means one, and a mistyped one is no text. */
const meantAsIdentifier = /^(?:Qm|baf|bag|k51|k2k|12D3Koo|16Uiu2HA)\w{24,}$/

/** Namespaces whose keys end in the multihash that is a peer ID (kad-dht spec, "Entry validation"; IPNS spec). */
const namespacesOfPeers = new Set(['pk', 'ipns'])

/**
 * Reads the key of a record that is put or got.
 *
 * @param text - `/namespace/…`, `0x` and bytes in hexadecimal, or a peer ID, which means its `/pk/` record
 * @returns the key
 * @throws ToolkitError `usage` for anything else
 */
export function recordKey(text: string): DhtKey {
  const key = text.startsWith('0x') ? hexKey(text) : text.startsWith('/') ? namespacedKey(text) : undefined
  if (key !== undefined) return bounded(key)
  try {
    return peerKey('pk', text)
  } catch (cause) {
    throw refuse(text, 'it is neither /namespace/…, 0x and hexadecimal digits, nor a peer ID', cause)
  }
}

/**
 * Reads the key of content that is provided or looked for.
 *
 * @param text - a CID, also as `/ipfs/CID`; any other text stands for its own bytes
 * @returns the multihash, and the text of the CID; `hashed` where it is that of the text
 * @throws ToolkitError `usage` for the empty text, and for what is a CID but for a mistake
 */
export function contentKey(text: string): DhtKey & { hashed: boolean } {
  if (text === '') throw refuse(text, 'it is empty')
  const given = cidOf(text.replace(/^\/ipfs\//, ''))
  if (given === undefined && (meantAsIdentifier.test(text) || text.startsWith('/ipfs/'))) {
    throw refuse(text, 'it begins as a CID or a peer ID does, and is no CID')
  }
  const cid = given ?? rawCid(Buffer.from(text))
  return { bytes: cid.multihash.bytes, text: cid.toString(), hashed: given === undefined }
}

/**
 * Reads anything that has a place in the key space.
 *
 * @param text - a peer ID, the key of a record, a CID, or any other text
 * @returns the key
 * @throws ToolkitError `usage` for the empty text, and for `/…` and `0x…` that are no key of a record
 */
export function anyKey(text: string): DhtKey & { hashed: boolean } {
  if (/^(?:\/|0x)/.test(text)) return { ...recordKey(text), hashed: false }
  try {
    const { multihash } = parsePeerId(text)
    return { bytes: multihash, text: formatPeerId({ multihash }), hashed: false }
  } catch {
    return contentKey(text)
  }
}

/**
 * The namespace of a record's key (kad-dht spec, "Entry validation").
 *
 * @param key - its bytes
 * @returns the text between its first two slashes; undefined where there is none
 */
export function namespaceOf(key: Uint8Array): string | undefined {
  return /^\/([^/]+)\//.exec(Buffer.from(key).toString('latin1'))?.[1]
}

function hexKey(text: string): DhtKey {
  const digits = text.slice(2)
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(digits)) throw refuse(text, 'behind 0x it is not pairs of hexadecimal digits')
  const bytes = Uint8Array.from(Buffer.from(digits, 'hex'))
  return { bytes, text: `0x${digits.toLowerCase()}` }
}

function namespacedKey(text: string): DhtKey {
  const [, namespace, rest] = /^\/([^/]+)\/(.+)$/s.exec(text) ?? []
  if (namespace === undefined || rest === undefined) throw refuse(text, 'it is not /namespace/…')
  if (!namespacesOfPeers.has(namespace)) return { bytes: Uint8Array.from(Buffer.from(text)), text }
  try {
    return peerKey(namespace, rest)
  } catch (cause) {
    throw refuse(text, `behind /${namespace}/ it is not a peer ID; write other bytes as 0x…`, cause)
  }
}

function peerKey(namespace: string, text: string): DhtKey {
  const { multihash } = parsePeerId(text)
  const bytes = Uint8Array.from(Buffer.concat([Buffer.from(`/${namespace}/`), multihash]))
  return { bytes, text: `/${namespace}/${formatPeerId({ multihash })}` }
}

/**
 * Reads a CID.
 *
 * @param text - in any multibase
 * @returns the CID; undefined where it is none
 */
export function cidOf(text: string): CID | undefined {
  if (text.length > longestCid) return undefined
  try {
    return text.startsWith('Qm') ? CID.parse(text) : CID.parse(text, multibaseOf(text))
  } catch {
    return undefined
  }
}

function rawCid(bytes: Uint8Array): CID {
  return CID.createV1(rawCode, createMultihash(sha256Code, createHash('sha256').update(bytes).digest()))
}

function bounded(key: DhtKey): DhtKey {
  if (key.bytes.length <= longestKey) return key
  throw refuse(key.text, `it is longer than ${longestKey} bytes`)
}

function refuse(text: string, reason: string, cause?: unknown): ToolkitError {
  return new ToolkitError('usage', `not a DHT key: ${quoted(text)}: ${reason}`, { layer: 'routing', cause })
}
