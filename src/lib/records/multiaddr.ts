import { z } from 'zod'

/** One component of a multiaddr; names and string values are those of go-multiaddr's `multiaddr` command. */
const multiaddrComponent = z.strictObject({
  string: z.string(),
  stringSize: z.string(),
  packed: z.string(),
  packedSize: z.string(),
  value: z.string(),
  rawValue: z.string(),
  valueSize: z.string(),
  protocol: z.string(),
  codec: z.string(),
  uvarint: z.string(),
  lengthPrefix: z.string(),
})

/** A multiaddr taken apart; printed by `maddr parse`. */
export const multiaddrRecord = z.strictObject({
  type: z.literal('multiaddr'),
  string: z.string(),
  stringSize: z.string(),
  packed: z.string(),
  packedSize: z.string(),
  components: z.array(multiaddrComponent),
})

export type MultiaddrRecord = z.infer<typeof multiaddrRecord>
