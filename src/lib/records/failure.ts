import { z } from 'zod'

/** The layers that a failure can name. */
export const layer = z.enum([
  'identity',
  'address',
  'transport',
  'security',
  'muxer',
  'connection',
  'stream',
  'protocol',
  'routing',
  'pubsub',
])

/** Failures by their names in the exit-code table. */
export const errorCode = z.enum([
  'negative',
  'usage',
  'timeout',
  'unreachable',
  'security',
  'protocol',
  'local',
  'bug',
  'interrupted',
  'terminated',
])

const addressOutcome = z.strictObject({
  address: z.string(),
  tried: z.boolean(),
  layer: layer.optional(),
  code: errorCode,
  message: z.string(),
})

/** A failure: what failed, at which layer, on which addresses, why, and what to try. */
export const failure = z.strictObject({
  code: errorCode,
  exitCode: z.int(),
  layer: layer.optional(),
  message: z.string(),
  peer: z.string().optional(),
  addresses: z.array(addressOutcome),
  causes: z.array(z.strictObject({ name: z.string(), code: z.string().optional(), message: z.string() })),
  suggestions: z.array(z.string()),
})

/** A failure of a command, or of one of its several inputs. */
export const errorRecord = z.strictObject({
  type: z.literal('error'),
  target: z.string().optional(),
  input: z.string().optional(),
  /** which of several inputs it was, from 1 */
  index: z.int().min(1).optional(),
  error: failure,
})

export type ErrorRecord = z.infer<typeof errorRecord>
