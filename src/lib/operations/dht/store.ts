import { classify } from '../../errors/classify.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import type { KadRequest } from '../../protocols/kad/encode.ts'
import type { KadMessage } from '../../protocols/kad/message.ts'
import { sideBySide } from '../side-by-side.ts'
import { closestTo } from './closest-to.ts'
import type { KnownPeer } from './known-peer.ts'
import { concurrency } from './parameters.ts'
import type { Query } from './query.ts'

/** Who stored something. */
export interface Stored {
  peers: KnownPeer[]
  /** those that would not take it */
  refused: KnownPeer[]
  /** everybody who was to store it was asked */
  complete: boolean
}

/**
 * Hands something to the k peers that are the closest to its key (kad-dht spec, "Value storage and retrieval"); with
 * `from`, to that server alone.
 *
 * @param query - asks
 * @param key - what they are to be close to
 * @param requests - sent to each; the answer is that to the last
 * @param isStored - whether an answer shows that the peer stored it
 * @returns who did
 */
export async function storeAtClosest(
  query: Query,
  key: DhtKey,
  requests: [KadRequest, ...KadRequest[]],
  isStored: (message: KadMessage) => boolean,
): Promise<Stored> {
  const { closest, exhausted } = await closestTo(query, key)
  const { peers, refused } = await storeAt(query, closest, requests, isStored)
  return { peers, refused, complete: exhausted && !query.signal.aborted }
}

/**
 * Hands something to peers, each by itself.
 *
 * @param query - asks
 * @param closest - whom
 * @param requests - sent to each; the answer is that to the last
 * @param isStored - whether an answer shows that the peer stored it
 * @returns who did, and who refused
 */
export async function storeAt(
  query: Query,
  closest: KnownPeer[],
  requests: [KadRequest, ...KadRequest[]],
  isStored: (message: KadMessage) => boolean,
): Promise<Omit<Stored, 'complete'>> {
  const peers: KnownPeer[] = []
  const refused: KnownPeer[] = []
  const store = async (peer: KnownPeer) => {
    try {
      const { message } = await query.ask(peer, requests)
      if (isStored(message)) peers.push(peer)
      else query.fault(peer, 'it did not show that it stored it')
    } catch (error) {
      // counted and shown; at the deadline what was not stored by then is not
      if (classify(error).code === 'negative') refused.push(peer)
    }
  }
  for await (const _ of sideBySide(closest, concurrency, store));
  return { peers, refused }
}
