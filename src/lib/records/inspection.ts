import { z } from 'zod'
import { layer } from './failure.ts'

/** One event of inspection; docs/inspection.md lists the types of each layer and their details. */
export const inspectionRecord = z.strictObject({
  type: z.string(),
  layer,
  /** since the command began to look, in milliseconds */
  atMs: z.number().min(0),
  /** `c1`, `c2`, … */
  connection: z.string().optional(),
  stream: z.string().optional(),
  peer: z.string().optional(),
  detail: z.record(z.string(), z.json()),
})
