import { z } from 'zod'
import { distance } from './numbers.ts'

const addresses = z.array(z.string())
const count = z.int().min(0)

/** A peer that was looked for, and where it is. */
export const peerRecord = z.strictObject({ type: z.literal('peer'), peer: z.string(), addresses })

/** A value that the DHT holds. */
export const valueRecord = z.strictObject({
  type: z.literal('value'),
  key: z.string(),
  value: z.base64(),
  /** the same, where it is valid UTF-8 */
  text: z.string().optional(),
  /** the peer that gave it first */
  from: z.string(),
  /** a validator of its namespace has checked it; false where there is none */
  validated: z.boolean(),
})

/** A value, or the fact that this node provides something, was handed to the DHT. */
export const storedRecord = z.strictObject({
  type: z.literal('stored'),
  key: z.string(),
  /** peers that have shown that they stored it */
  acknowledged: count,
  peers: z.array(z.string()),
  /** peers that would not take it, where there are any */
  refused: z.array(z.string()).optional(),
})

/** Somebody who provides what was looked for; without addresses where none was told that the network keeps. */
export const providerRecord = z.strictObject({ type: z.literal('provider'), peer: z.string(), addresses })

/** One of the peers that are the closest to a key, the closest first. */
export const closestRecord = z.strictObject({
  type: z.literal('closest'),
  peer: z.string(),
  distance,
  /** leading bits in common with the key */
  cpl: z.int().min(0).max(256),
  addresses,
})

/** What became of one request to a peer; neither answer nor error where the lookup ended first. */
const lookupRequest = z.strictObject({
  request: z.string(),
  /** from the request to the answer, without the way there */
  rttMs: z.number().min(0).optional(),
  /** with the dial */
  elapsedMs: z.number().min(0).optional(),
  /** closer peers and providers that the answer named */
  closer: count.optional(),
  providers: count.optional(),
  /** the answer gave a value */
  value: z.boolean().optional(),
  /** `code` is that of error records */
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
})

/** A lookup, or a walk's lookups, as a tree: each peer that it knew of, in the order in which it heard of them. */
export const lookupTreeRecord = z.strictObject({
  type: z.literal('lookup-tree'),
  /** what was looked for; absent where there was no lookup, and where there were several */
  key: z.string().optional(),
  /** how many lookups there were, where there were several */
  lookups: count.optional(),
  peers: z.array(
    z.strictObject({
      /** its ID; its address while that is not known */
      peer: z.string(),
      /** who introduced it; absent where it was known from the beginning */
      by: z.string().optional(),
      hops: count,
      /** leading bits in common with the key, where there is one */
      cpl: z.int().min(0).max(256).optional(),
      /** empty where it was not asked */
      requests: z.array(lookupRequest),
      /** requests beyond those that are kept, 20 */
      dropped: count.optional(),
    }),
  ),
  /** peers beyond those that are kept, 2,000, counted up to 100,000 */
  dropped: count.optional(),
})

/** One bucket of a routing table. */
export const bucketRecord = z.strictObject({
  type: z.literal('bucket'),
  /** leading bits that the peers have in common with the owner of the table */
  cpl: z.int().min(0).max(256),
  peers: z.array(z.string()),
})

/** What a query came to. Counts are of peers, by what became of the last request to each. */
export const dhtSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  target: z.string().optional(),
  queried: count,
  succeeded: count,
  failed: count,
  /** referrals from the peers that were known to the one that gave the answer, or to the furthest that answered */
  hops: count,
  /** nobody is left to ask, or enough was found; false where the deadline, or the end of a walk, came first */
  complete: z.boolean(),
  elapsedMs: z.number().min(0),
  /** what was wrong with single answers, one clause each, 20 at most */
  problems: z.array(z.string()).optional(),
})

export type PeerRecord = z.infer<typeof peerRecord>
export type ValueRecord = z.infer<typeof valueRecord>
export type StoredRecord = z.infer<typeof storedRecord>
export type ProviderRecord = z.infer<typeof providerRecord>
export type ClosestRecord = z.infer<typeof closestRecord>
export type LookupTreeRecord = z.infer<typeof lookupTreeRecord>
export type BucketRecord = z.infer<typeof bucketRecord>
export type DhtSummaryRecord = z.infer<typeof dhtSummaryRecord>
