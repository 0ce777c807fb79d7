import { z } from 'zod'

const count = z.int().min(0)
const peers = z.array(z.string())

/** A message was published. */
export const publishedRecord = z.strictObject({
  type: z.literal('published'),
  topic: z.string(),
  /** as gossipsub names it to others */
  messageId: z.base64().optional(),
  /** of the payload */
  bytes: count,
  /** peers that it was handed to; who else gets it is theirs to see to */
  sentTo: peers.min(1),
})

/** What publishing the messages of stdin came to. */
export const publishSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  topic: z.string(),
  published: count,
  failed: count,
  /** of the payloads that were published */
  bytes: count,
})

/** A message of a topic that was subscribed to. */
export const messageRecord = z.strictObject({
  type: z.literal('message'),
  topic: z.string(),
  data: z.base64(),
  /** the same, where it is valid UTF-8 */
  text: z.string().optional(),
  /** who wrote it; absent where messages are not signed */
  from: z.string().optional(),
  /** 64 bits, in decimal */
  sequenceNumber: z.string().regex(/^\d+$/).optional(),
  /** its signature was checked */
  signed: z.boolean(),
  receivedAt: z.iso.datetime(),
})

/** What a subscription came to. */
export const subscribeSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  topics: z.array(z.string()),
  messages: count,
  /** messages that came, and that nobody read in time */
  dropped: count,
  /** `rejected` records */
  rejected: count,
  elapsedMs: z.number().min(0),
})

/** What a peer sent, and was not taken: of each kind the first, the tenth, the hundredth and so on is told. */
export const rejectedRecord = z.strictObject({
  type: z.literal('rejected'),
  at: z.iso.datetime(),
  /** who sent it, not who wrote it */
  peer: z.string(),
  topic: z.string().optional(),
  reason: z.string(),
  /** how many of this kind there were so far */
  count: z.int().min(1),
})

/** A connected peer that has announced a topic. */
export const subscriberRecord = z.strictObject({
  type: z.literal('subscriber'),
  topic: z.string(),
  peer: z.string(),
  /** what RPCs are sent by: floodsub, or a version of gossipsub */
  protocol: z.string(),
  address: z.string().optional(),
})

/** A topic that connected peers have announced. */
export const topicRecord = z.strictObject({ type: z.literal('topic'), topic: z.string(), peers: peers.min(1) })

/** What asking for topics, or for the peers of one, came to. */
export const announcedSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  /** connected peers that speak pub/sub */
  connected: count,
  /** topics, or peers */
  found: count,
})

const control = z.strictObject({ graft: count, prune: count, ihave: count, iwant: count, idontwant: count })

/** The mesh of a topic as this node sees it, at one moment. */
export const meshRecord = z.strictObject({
  type: z.literal('mesh'),
  at: z.iso.datetime(),
  topic: z.string(),
  /** whom messages are forwarded to */
  mesh: peers,
  /** whom messages are sent to by a node that has not subscribed */
  fanout: peers,
  /** all connected peers that have announced the topic */
  known: peers,
  peers: z.array(
    z.strictObject({
      peer: z.string(),
      state: z.enum(['mesh', 'fanout', 'known', 'connected']),
      protocol: z.string().optional(),
      /** control messages, of all topics; those of IHAVE, IWANT and IDONTWANT are counted by message IDs */
      sent: control,
      received: control,
      messagesSent: count,
      messagesReceived: count,
      score: z.number(),
      /**
       * what the score is made of: of gossipsub v1.1 that is P7, whose square counts ten times against the peer. Topics (P1
       * to P4) are not scored, there is nothing of an application (P5), and many peers may share an IP address (P6)
       */
      components: z.strictObject({ behaviourPenalty: z.number() }),
      /** of a ping on /ipfs/ping/1.0.0 */
      latencyMs: z.number().min(0).optional(),
    }),
  ),
})

export type PublishedRecord = z.infer<typeof publishedRecord>
export type PublishSummaryRecord = z.infer<typeof publishSummaryRecord>
export type MessageRecord = z.infer<typeof messageRecord>
export type SubscribeSummaryRecord = z.infer<typeof subscribeSummaryRecord>
export type RejectedRecord = z.infer<typeof rejectedRecord>
export type SubscriberRecord = z.infer<typeof subscriberRecord>
export type TopicRecord = z.infer<typeof topicRecord>
export type AnnouncedSummaryRecord = z.infer<typeof announcedSummaryRecord>
export type MeshRecord = z.infer<typeof meshRecord>
