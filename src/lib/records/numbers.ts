import { z } from 'zod'

/** A number of 64 bits, unsigned. */
export const uint64 = z.string().regex(/^\d{1,20}$/)

/** How far a peer is from a key: 256 bits in hexadecimal. */
export const distance = z.string().regex(/^[0-9a-f]{64}$/)
