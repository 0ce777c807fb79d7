import { type Deadline, deadlineOf } from '../../errors/deadline.ts'
import type { DhtKey } from '../../keys/dht-key.ts'
import { kadKey } from '../../keys/kad-key.ts'
import { type FailedPeer, type KnownPeer, seedOf } from './known-peer.ts'
import { Lookup } from './lookup.ts'
import type { Query } from './query.ts'

/** The part of the time limit that finding the closest peers may take. */
const lookupShare = 2 / 3

/** The peers that something is to be done with. */
interface Closest {
  closest: KnownPeer[]
  /** those that did not answer, and may be closer */
  failed: FailedPeer[]
  /** there are no closer ones */
  exhausted: boolean
}

/**
 * Finds the k peers that are the closest to a key; with `from`, that server is taken unasked.
 *
 * @param query - asks, and keeps a third of its time for what is to be done with them
 * @param key - what they are to be close to
 * @returns the peers, the closest first
 */
export async function closestTo(query: Query, key: DhtKey): Promise<Closest> {
  const { from } = query.input
  if (from !== undefined) return { closest: [seedOf(from, kadKey(key.bytes))], failed: [], exhausted: true }
  const lookup = new Lookup(query, key)
  using share = lookupDeadline(query)
  for await (const _ of lookup.answers({ type: 'FIND_NODE', key: key.bytes }, share.signal));
  return lookup
}

/**
 * Bounds the look-up of a query that asks the peers it finds for more: those that are slow to be found must not take
 * all of the time.
 *
 * @param query - of which a third is left
 * @returns the deadline
 */
export function lookupDeadline(query: Query): Deadline {
  return deadlineOf(query.signal, query.timeoutMs * lookupShare, 'the time to find the closest peers is over')
}
