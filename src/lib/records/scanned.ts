import { z } from 'zod'

const count = z.int().min(0)

/** One thing that a scan asked a peer for, and what came of it. */
export const scannedRecord = z.strictObject({
  type: z.literal('scanned'),
  target: z.string().optional(),
  peer: z.string(),
  layer: z.enum(['security', 'muxer', 'protocol']),
  /** protocol ID as it is negotiated; `quic-tls` and `quic` where QUIC brings the layer along */
  protocol: z.string(),
  /** the peer agreed to it */
  accepted: z.boolean(),
  /** identify, or `ls` of multistream-select, says that the peer speaks it; always false below the protocols */
  claimed: z.boolean(),
  /** absent where it was not tried */
  elapsedMs: z.number().min(0).optional(),
  /** the peer said yes or no; otherwise it hung up, said nothing or was not asked, and `reason` says so */
  answered: z.boolean(),
  /** the muxer was agreed on inside the security handshake */
  early: z.boolean().optional(),
  /** `ls` of multistream-select lists it; absent where the peer does not answer `ls` */
  listed: z.boolean().optional(),
  /** what its spec calls it, and where that is */
  name: z.string().optional(),
  spec: z.string().optional(),
  /** why it was not accepted */
  reason: z.string().optional(),
})

/** What a scan came to. Counts are of the protocols, not of the layers below. */
export const scanSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  target: z.string().optional(),
  peer: z.string(),
  address: z.string(),
  /** accepted security protocols and muxers; absent where the scan ended before all of them were tried */
  security: z.array(z.string()).optional(),
  muxers: z.array(z.string()).optional(),
  accepted: count,
  refused: count,
  /** asked for, without a yes or a no */
  unanswered: count,
  /** not asked for: the scan ended before, or multistream-select cannot send it */
  untried: count,
  /** claims that there were, those that proved true, and those that were refused */
  claimed: count,
  confirmed: count,
  falseClaims: count,
  /** accepted without a claim */
  unclaimed: count,
  /** the peer answered identify */
  identified: z.boolean(),
  /** the peer answered `ls` of multistream-select */
  listed: z.boolean(),
  /** what went wrong beside single protocols, one clause each */
  problems: z.array(z.string()),
  totalMs: z.number().min(0),
})

export type ScannedRecord = z.infer<typeof scannedRecord>
export type ScanSummaryRecord = z.infer<typeof scanSummaryRecord>
