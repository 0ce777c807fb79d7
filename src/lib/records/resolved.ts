import { z } from 'zod'
import { errorCode, layer } from './failure.ts'

const input = z.string()

/** A node of the tree that an address grows when its names are looked up; each comes before its branches. */
export const resolvedRecord = z.strictObject({
  type: z.literal('resolved'),
  /** as it was given */
  input,
  /** 0 is the address that was given */
  depth: z.int().min(0),
  /** the address whose name was looked up; absent at depth 0 */
  parent: z.string().optional(),
  /** what the answer leads to; absent where it is no address */
  address: z.string().optional(),
  /** nothing is left to look up: an address to dial */
  leaf: z.boolean(),
  /** the name that was looked up for the branches of this node */
  name: z.string().optional(),
  /** what the name server said, as it said it; a TXT record of more than 2048 characters is cut */
  answer: z.string().optional(),
  recordType: z.enum(['A', 'AAAA', 'TXT']).optional(),
  /** how long the answer holds; known only from servers of `--dns`, and not of TXT records */
  ttlMs: z.number().min(0).optional(),
  /** why it ends here without an address */
  problem: z
    .enum([
      'unknown-host',
      'no-match',
      'loop',
      'asked-before',
      'too-deep',
      'timeout',
      'failed',
      'not-dnsaddr',
      'not-a-multiaddr',
      'too-long',
      'other-peer',
      'passed-over',
      'not-shown',
    ])
    .optional(),
  /** the problem in words */
  message: z.string().optional(),
  /** of `passed-over` and `not-shown`: how many records this stands for */
  count: z.int().min(1).optional(),
})

/** What became of a leaf that was dialled. */
export const checkedRecord = z.strictObject({
  type: z.literal('checked'),
  input,
  address: z.string(),
  ok: z.boolean(),
  /** who is there, where it is reachable */
  peer: z.string().optional(),
  totalMs: z.number().min(0).optional(),
  /** of a leaf that is not reachable: whether it was dialled at all */
  tried: z.boolean().optional(),
  layer: layer.optional(),
  code: errorCode.optional(),
  message: z.string().optional(),
})

/** What the look-ups of one address came to. */
export const resolveSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  input,
  /** addresses to dial */
  leaves: z.int().min(0),
  /** of them, those that work; only with `--check` */
  reachable: z.int().min(0).optional(),
  /** names that led nowhere */
  deadEnds: z.int().min(0),
  /** records of no use: of another peer or kind */
  dropped: z.int().min(0),
  /** records that were not followed: there are too many */
  passedOver: z.int().min(0),
  lookUps: z.int().min(0),
  totalMs: z.number().min(0),
})

export type ResolvedRecord = z.infer<typeof resolvedRecord>
export type CheckedRecord = z.infer<typeof checkedRecord>
export type ResolveSummaryRecord = z.infer<typeof resolveSummaryRecord>
