import { z } from 'zod'

/** What a peer says of itself through identify. What it did not send, or sent malformed, is absent. */
export const identityRecord = z.strictObject({
  type: z.literal('identity'),
  target: z.string().optional(),
  peer: z.string(),
  agentVersion: z.string().optional(),
  protocolVersion: z.string().optional(),
  /** libp2p protobuf PublicKey, base64 */
  publicKey: z.base64().optional(),
  listenAddresses: z.array(z.string()),
  observedAddress: z.string().optional(),
  protocols: z.array(z.string()),
  signedPeerRecord: z
    .strictObject({ seq: z.string().regex(/^\d+$/), addresses: z.array(z.string()), valid: z.boolean() })
    .optional(),
  /** what is wrong with the answer, one clause each */
  problems: z.array(z.string()),
  /** more was sent than is kept: 1,000 protocols, 100 addresses */
  truncated: z.boolean(),
})

export type IdentityRecord = z.infer<typeof identityRecord>
