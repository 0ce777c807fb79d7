import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { publicKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { PeerId, PublicKey } from '@libp2p/interface'
import { peerIdFromMultihash, peerIdFromPublicKey } from '@libp2p/peer-id'
import { decode } from 'multiformats/hashes/digest'

/** Authors that are remembered. */
const mostKept = 1000
/** Bytes of a peer ID: a digest, or a key of 42 bytes at most (peer-ids spec, "Peer Ids"). */
const longestId = 64
/** Bytes of a public key: RSA of 8192 bits takes about half of that. */
const longestKey = 2048

/** Who writes messages, with the key that they are signed with. */
export interface Author {
  peerId: PeerId
  publicKey: PublicKey
  /** the same for node:crypto, where that is faster */
  key: KeyObject | undefined
}

/**
 * Remembers the authors of messages. Making a key takes as long as half a signature, and memory that is given back late:
 * libp2p makes one for each message.
 */
export class Authors {
  readonly #kept = new Map<string, Author>()

  /**
   * The author of a message (pubsub spec, "Message Signing").
   *
   * @param from - its `from`
   * @param key - its `key`; absent where the key is in the peer ID
   * @returns the author
   * @throws Error where they are malformed, or do not belong together
   */
  of(from: Uint8Array, key: Uint8Array | undefined): Author {
    // fields that nobody knows make a key as long as one likes
    if (from.length > longestId || (key?.length ?? 0) > longestKey) throw new Error('its key or its name is too long')
    const name = `${Buffer.from(from).toString('latin1')} ${Buffer.from(key ?? []).toString('latin1')}`
    const kept = this.#kept.get(name)
    if (kept !== undefined) return kept
    // copied: they are parts of a message
    const author = authorOf(from.slice(), key?.slice())
    const [oldest] = this.#kept.size < mostKept ? [] : this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(name, author)
    return author
  }
}

/**
 * Checks a signature.
 *
 * @param author - whose it should be
 * @param bytes - what was signed
 * @param signature - the signature
 * @returns whether it is right
 */
export async function isSignedBy(author: Author, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    if (author.key !== undefined) return verify(null, bytes, author.key, signature)
    return await author.publicKey.verify(bytes, signature)
  } catch {
    // some key types throw for a signature of the wrong length
    return false
  }
}

function authorOf(from: Uint8Array, keyBytes: Uint8Array | undefined): Author {
  const peerId = peerIdFromMultihash(decode(from))
  const publicKey = keyBytes === undefined ? peerId.publicKey : publicKeyFromProtobuf(keyBytes)
  if (publicKey === undefined) throw new Error('its key is missing')
  if (!peerIdFromPublicKey(publicKey).equals(peerId)) throw new Error('its key is that of another')
  const x = Buffer.from(publicKey.raw).toString('base64url')
  const jwk = { kty: 'OKP', crv: 'Ed25519', x }
  return {
    peerId,
    publicKey,
    key: publicKey.type === 'Ed25519' ? createPublicKey({ key: jwk, format: 'jwk' }) : undefined,
  }
}
