import { z } from 'zod'

const common = { at: z.iso.datetime(), target: z.string().optional(), peer: z.string() }

/** A ping that was answered. */
export const pongRecord = z.strictObject({
  type: z.literal('pong'),
  ...common,
  address: z.string(),
  /** from 1 */
  seq: z.int().min(1),
  rttMs: z.number().min(0),
  path: z.enum(['direct', 'relayed']),
})

/** A ping that was not answered. */
export const lostRecord = z.strictObject({
  type: z.literal('lost'),
  ...common,
  seq: z.int().min(1),
  reason: z.string(),
})

/** What a run of pings came to. Times are absent when no pong came. */
export const pingSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  target: z.string().optional(),
  peer: z.string(),
  transmitted: z.int().min(0),
  received: z.int().min(0),
  lossPercent: z.number().min(0).max(100),
  minMs: z.number().optional(),
  avgMs: z.number().optional(),
  maxMs: z.number().optional(),
  mdevMs: z.number().optional(),
})

export type PongRecord = z.infer<typeof pongRecord>
export type LostRecord = z.infer<typeof lostRecord>
export type PingSummaryRecord = z.infer<typeof pingSummaryRecord>
