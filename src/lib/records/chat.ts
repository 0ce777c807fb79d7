import { z } from 'zod'
import type { RejectedRecord } from './pubsub.ts'

const count = z.int().min(0)
const at = z.iso.datetime()
/** the lobby when absent */
const room = z.string().optional()
/** what a peer wants to be called: nobody sees to it that two are not called the same */
const handle = z.string().optional()

/** A message came: in the room, or to this peer alone. */
export const chatMessageRecord = z.strictObject({
  type: z.literal('chat-message'),
  at,
  /** it was sent to this peer alone; it has no room then */
  direct: z.boolean(),
  room,
  /** who wrote it: the message was signed, or came on a connection to that peer */
  peer: z.string(),
  handle,
  data: z.base64(),
  /** the same, where it is valid UTF-8 */
  text: z.string().optional(),
  /** when its author says that it was written; absent where that is no time */
  createdAt: z.iso.datetime().optional(),
  /** as its author chose it, in base64 */
  id: z.base64(),
})

/** A message of this peer was sent. */
export const chatSentRecord = z.strictObject({
  type: z.literal('chat-sent'),
  at,
  direct: z.boolean(),
  room,
  id: z.base64(),
  /** peers that it was handed to; who else of the room gets it is theirs to see to. A direct one was taken by that peer */
  sentTo: z.array(z.string()),
})

/** A peer wants to be called otherwise. */
export const peerUpdatedRecord = z.strictObject({
  type: z.literal('peer-updated'),
  at,
  peer: z.string(),
  handle,
  was: z.string().optional(),
})

/** A connected peer has come to the room; of those further away nobody tells. */
export const peerJoinedRecord = z.strictObject({ type: z.literal('peer-joined'), at, room, peer: z.string(), handle })

/** A connected peer has left the room, or is not connected any more. */
export const peerLeftRecord = z.strictObject({ type: z.literal('peer-left'), at, room, peer: z.string(), handle })

/** This peer has come to a room. */
export const roomJoinedRecord = z.strictObject({
  type: z.literal('room-joined'),
  at,
  room,
  topic: z.string(),
  /** connected peers that were in it */
  peers: count,
})

/** A room that this peer is in, or that connected peers have announced. */
export const chatRoomRecord = z.strictObject({
  type: z.literal('chat-room'),
  room,
  topic: z.string(),
  joined: z.boolean(),
  /** connected peers that are in it */
  peers: count,
})

/** A peer of the room. */
export const chatPeerRecord = z.strictObject({
  type: z.literal('chat-peer'),
  room,
  peer: z.string(),
  handle,
  /** otherwise it was heard of by way of others */
  connected: z.boolean(),
})

/** What a chat came to. */
export const chatSummaryRecord = z.strictObject({
  type: z.literal('summary'),
  sent: count,
  received: count,
  /** records that nobody read in time */
  dropped: count,
  /** `rejected` records */
  rejected: count,
  elapsedMs: z.number().min(0),
})

export type ChatMessageRecord = z.infer<typeof chatMessageRecord>
export type ChatSentRecord = z.infer<typeof chatSentRecord>
export type PeerUpdatedRecord = z.infer<typeof peerUpdatedRecord>
type PeerJoinedRecord = z.infer<typeof peerJoinedRecord>
type PeerLeftRecord = z.infer<typeof peerLeftRecord>
type RoomJoinedRecord = z.infer<typeof roomJoinedRecord>
export type ChatRoomRecord = z.infer<typeof chatRoomRecord>
export type ChatPeerRecord = z.infer<typeof chatPeerRecord>
export type ChatSummaryRecord = z.infer<typeof chatSummaryRecord>
/** Whatever a chat tells while it lasts. */
export type ChatRecord =
  | ChatMessageRecord
  | ChatSentRecord
  | PeerUpdatedRecord
  | PeerJoinedRecord
  | PeerLeftRecord
  | RoomJoinedRecord
  | ChatRoomRecord
  | ChatPeerRecord
  | RejectedRecord
