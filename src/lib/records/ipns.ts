import { z } from 'zod'
import { uint64 } from './numbers.ts'

/** What an IPNS record says; printed by the commands of `ipns`. */
export const ipnsRecord = z.strictObject({
  type: z.literal('ipns'),
  /** CIDv1 of codec libp2p-key in base36; absent where neither the record nor the command line says whose it is */
  name: z.string().optional(),
  /** a content path */
  value: z.string(),
  /** a number of 64 bits, unsigned */
  sequence: uint64,
  /** how long it may be cached; absent where it does not say */
  ttlMs: z.number().min(0).optional(),
  /** until when it is valid */
  validity: z.iso.datetime(),
  expired: z.boolean(),
  /** whether the key of the name signed it; unchecked where the key is not known */
  signature: z.enum(['valid', 'invalid', 'unchecked']),
  /** the peer that gave it first */
  from: z.string().optional(),
})

export type IpnsRecord = z.infer<typeof ipnsRecord>
