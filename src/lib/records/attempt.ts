import { z } from 'zod'
import { cost, layers } from './connection.ts'
import { errorCode, layer } from './failure.ts'

/** What became of one address that `dial --each` was to try. */
export const attemptRecord = z.strictObject({
  type: z.literal('attempt'),
  /** which of several targets the address belongs to */
  target: z.string().optional(),
  /** with nothing left to look up; the name itself where it leads nowhere */
  address: z.string(),
  /** something was sent to it */
  tried: z.boolean(),
  /** it became a connection, which was closed at once */
  ok: z.boolean(),
  transport: layers.transport,
  security: layers.security.optional(),
  muxer: layers.muxer.optional(),
  earlyMuxer: layers.earlyMuxer.optional(),
  peer: z.string().optional(),
  /** class of the failure, the layer that failed, and why */
  code: errorCode.optional(),
  layer: layer.optional(),
  message: z.string().optional(),
  /** look-up included; absent where it was not tried */
  totalMs: z.number().min(0).optional(),
  timings: cost.timings.optional(),
  bytes: cost.bytes,
  roundTrips: cost.roundTrips,
})

/** What the attempts came to. */
export const attemptSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  tried: z.int().min(0),
  succeeded: z.int().min(0),
  /** of those that were tried */
  failed: z.int().min(0),
  notTried: z.int().min(0),
})

export type AttemptRecord = z.infer<typeof attemptRecord>
export type AttemptSummaryRecord = z.infer<typeof attemptSummaryRecord>
