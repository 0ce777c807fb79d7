import { z } from 'zod'

/** What a search of the local network came to. */
export const mdnsSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  via: z.literal('mdns'),
  found: z.int().min(0),
  /** answers, and parts of answers, that were malformed or too long */
  ignored: z.int().min(0),
  elapsedMs: z.number().min(0),
})

export type MdnsSummaryRecord = z.infer<typeof mdnsSummaryRecord>
