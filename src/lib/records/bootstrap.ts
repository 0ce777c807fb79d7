import { z } from 'zod'

const entry = {
  /** the list's name */
  list: z.string(),
  /** ends in `/p2p/ID` */
  address: z.string(),
  peer: z.string(),
}

/** An entry of a bootstrap list. */
export const bootstrapPeerRecord = z.strictObject({ type: z.literal('bootstrap-peer'), ...entry })

/** What became of an entry that was to be added to a bootstrap list, or removed from it. */
export const bootstrapChangedRecord = z.strictObject({
  type: z.literal('bootstrap-changed'),
  ...entry,
  /** `kept`: it was to be added, and is in the list already */
  change: z.enum(['added', 'kept', 'removed']),
})

export type BootstrapPeerRecord = z.infer<typeof bootstrapPeerRecord>
export type BootstrapChangedRecord = z.infer<typeof bootstrapChangedRecord>
