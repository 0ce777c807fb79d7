import { z } from 'zod'

/** A connection as the other implementation reports it. */
export const connected = z.object({
  peer: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  address: z.string(),
  transport: z.string(),
  security: z.string(),
  muxer: z.string(),
})
export type TheirConnection = z.infer<typeof connected>

/** A message of a topic as the other implementation tells of it. */
export const message = z.object({
  topic: z.string(),
  from: z.string().optional(),
  data: z.base64(),
  sequenceNumber: z.string().optional(),
})
export type TheirMessage = z.infer<typeof message>

const located = z.object({ peer: z.string(), addresses: z.array(z.string()) })
const nothing = z.strictObject({})

const shapes = {
  dial: connected,
  identify: z.object({
    agentVersion: z.string(),
    protocols: z.array(z.string()),
    listenAddresses: z.array(z.string()),
    signedPeerRecord: z.boolean(),
  }),
  ping: z.object({ rttMs: z.array(z.number()) }),
  echo: z.object({ received: z.number(), equal: z.boolean() }),
  open: nothing,
  disconnect: nothing,
  'generate-key': z.object({ peerId: z.string(), privateKey: z.string() }),
  'read-key': z.object({ peerId: z.string(), keyType: z.string() }),
  'dht-put': nothing,
  'dht-get': z.object({ value: z.string() }),
  'dht-provide': nothing,
  'dht-find-providers': z.object({ providers: z.array(located) }),
  'dht-find-peer': located,
  'dht-closest-peers': z.object({ peers: z.array(z.string()) }),
  'ipns-create': z.object({ key: z.string(), record: z.string() }),
  'ipns-read': z.object({ path: z.string(), sequence: z.string() }),
  subscribe: nothing,
  publish: nothing,
  'await-subscriber': nothing,
}

/** What each command gives; see README.md. */
export type Results = { [Name in keyof typeof shapes]: z.infer<(typeof shapes)[Name]> }

/** Checks what a command gave. */
export const results: { [Name in keyof Results]: z.ZodType<Results[Name]> } = shapes
