import { z } from 'zod'

/** What a connection or a stream spends its time on, in the order in which it comes. */
const phaseName = z.enum([
  'resolve',
  'transport',
  'private-network',
  'security-negotiation',
  'handshake',
  'muxer-negotiation',
  'negotiation',
  'first-byte',
  'open',
])

const phase = z.strictObject({
  name: phaseName,
  /** on the trace's own clock, as the events' `atMs` */
  startMs: z.number().min(0),
  endMs: z.number().min(0),
})

/** A connection or a stream of a trace, or an address that no connection came of; printed by `inspect view`. */
export const traceRowRecord = z.strictObject({
  type: z.literal('row'),
  connection: z.string().optional(),
  stream: z.string().optional(),
  peer: z.string().optional(),
  label: z.string(),
  phases: z.array(phase),
  /** unfinished: the trace ends before it was open; dropped: an address that was not dialled */
  outcome: z.enum(['open', 'closed', 'reset', 'failed', 'dropped', 'unfinished']),
  /** of a close or a reset: who did it */
  by: z.enum(['local', 'remote']).optional(),
  /** of a failure: the layer */
  layer: z.string().optional(),
  /** why it was closed, reset or dropped, or failed */
  reason: z.string().optional(),
})

/** The page of a trace was written; printed by `inspect view --html`. */
export const tracePageRecord = z.strictObject({
  type: z.literal('page'),
  /** absent on stdout */
  file: z.string().optional(),
  events: z.int().min(0),
  rows: z.int().min(0),
})

export type TraceRowRecord = z.infer<typeof traceRowRecord>
export type TracePageRecord = z.infer<typeof tracePageRecord>
