import { z } from 'zod'
import { distance, uint64 } from './numbers.ts'

/** One of the peers that should hold the value of a key, asked by itself. */
export const holderRecord = z.strictObject({
  type: z.literal('holder'),
  /** its peer ID, or its address while that is not known */
  peer: z.string(),
  /** from the key; absent while the peer ID is not known */
  distance: distance.optional(),
  /** leading bits in common with the key */
  cpl: z.int().min(0).max(256).optional(),
  /** it gave a value; absent where it gave no answer */
  has: z.boolean().optional(),
  value: z.base64().optional(),
  /** the same, where it is valid UTF-8 */
  text: z.string().optional(),
  /** of an IPNS record */
  sequence: uint64.optional(),
  /**
   * valid: as good as the best; stale: valid, and the best is newer; unchecked: no validator, and what most gave;
   * conflict: another than the others gave, where nothing tells which is better
   */
  status: z.enum(['valid', 'stale', 'conflict', 'invalid', 'unchecked', 'missing', 'failed']),
  /** why, where the status does not say it */
  reason: z.string().optional(),
})

export type HolderRecord = z.infer<typeof holderRecord>
