import { z } from 'zod'

/** What finds peers. */
const via = z.enum(['bootstrap', 'mdns', 'walk'])

/** A peer that was found; each is told once. */
export const discoveredRecord = z.strictObject({
  type: z.literal('discovered'),
  peer: z.string(),
  /** where it is; of `bootstrap` the one that worked first */
  addresses: z.array(z.string()),
  via,
  at: z.iso.datetime(),
})

/** What a discovery that asks peers came to. */
export const discoverSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  via,
  /** peers, not addresses */
  asked: z.int().min(0),
  found: z.int().min(0),
  /** no address of the peer works; of `walk` it did not answer the last request */
  failed: z.int().min(0),
  /**
   * every peer was found or has failed, or of `walk` as many as `--limit` asks for were found; false where the discovery
   * was ended before, so always of a `walk` without a limit, which has no end of its own
   */
  complete: z.boolean(),
  elapsedMs: z.number().min(0),
})

export type DiscoveredRecord = z.infer<typeof discoveredRecord>
export type DiscoverSummaryRecord = z.infer<typeof discoverSummaryRecord>
