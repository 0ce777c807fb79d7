import { classify } from '../../errors/classify.ts'
import { type Deadline, deadlineOf } from '../../errors/deadline.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import { kadKey } from '../../keys/kad-key.ts'
import type { KadRequest } from '../../protocols/kad/encode.ts'
import type { KadMessage } from '../../protocols/kad/message.ts'
import { sideBySide } from '../side-by-side.ts'
import { type KnownPeer, seedOf } from './known-peer.ts'
import { Lookup } from './lookup.ts'
import type { Query } from './query.ts'

/** Requests that are under way at once. */
const concurrency = 10
/** The part of the time limit that finding the closest peers may take. */
const lookupShare = 2 / 3

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

/**
 * Bounds the look-up of a query that stores something: peers that are slow to be found must not take all of the time.
 *
 * @param query - of which a third is left for storing
 * @returns the deadline
 */
export function lookupDeadline(query: Query): Deadline {
  return deadlineOf(query.signal, query.timeoutMs * lookupShare, 'the time to find the closest peers is over')
}

async function closestTo(query: Query, key: DhtKey): Promise<Pick<Lookup, 'closest' | 'exhausted'>> {
  const { from } = query.input
  if (from !== undefined) return { closest: [seedOf(from, kadKey(key.bytes))], exhausted: true }
  const lookup = new Lookup(query, key)
  using share = lookupDeadline(query)
  for await (const _ of lookup.answers({ type: 'FIND_NODE', key: key.bytes }, share.signal));
  return lookup
}
