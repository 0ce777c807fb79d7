import type {
  ChatMessageRecord,
  ChatPeerRecord,
  ChatRecord,
  ChatRoomRecord,
  ChatSentRecord,
  ChatSummaryRecord,
} from '../records/chat.ts'
import { plural, renderRejected } from './pubsub.ts'
import type { Style } from './style.ts'

/** Digits of a peer ID that tell peers apart: the first ones are the same for all of a key type. */
const shortPeer = 8

/** Renders whatever a chat tells, in one line. */
export function renderChat(record: ChatRecord, style: Style): string {
  switch (record.type) {
    case 'chat-message':
      return renderMessage(record, style)
    case 'chat-sent':
      return renderSent(record)
    case 'chat-room':
      return renderRoom(record, style)
    case 'chat-peer':
      return renderPeer(record, style)
    case 'peer-updated': {
      const { was, handle } = record
      const change = handle === undefined ? 'has no handle any more' : `is called ${style.bold(asWord(handle))}`
      return `${nameOf({ peer: record.peer, handle: was }, style)} ${change}`
    }
    case 'room-joined':
      return `you are in ${style.bold(placeOf(record))}: ${plural(record.peers, 'peer')}`
    case 'peer-joined':
      return `${nameOf(record, style)} has come to ${placeOf(record)}`
    case 'peer-left':
      return `${nameOf(record, style)} has left ${placeOf(record)}`
    case 'rejected':
      return renderRejected(record, style)
  }
}

/** Renders what a chat came to, in one line. */
export function renderChatSummary({ sent, received, dropped, rejected }: ChatSummaryRecord): string {
  return [
    `${plural(sent, 'message')} sent, ${received} received`,
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(rejected > 0 ? [plural(rejected, 'rejection')] : []),
  ].join(', ')
}

/** A room in words. */
export function placeOf({ room }: { room?: string | undefined }): string {
  return room ?? 'the lobby'
}

function renderMessage(record: ChatMessageRecord, style: Style): string {
  const { at, direct, text, data } = record
  const how = direct ? [style.warn('(to you)')] : []
  return [style.dim(at.slice(11, 19)), nameOf(record, style), ...how, text ?? style.dim(`base64:${data}`)].join(' ')
}

function renderSent({ direct, sentTo }: ChatSentRecord): string {
  if (sentTo.length === 0) return 'not sent: nobody is here'
  return direct ? `taken by …${sentTo.map((peer) => peer.slice(-shortPeer)).join(' ')}` : sentToAll(sentTo.length)
}

function sentToAll(peers: number): string {
  return `sent to ${plural(peers, 'peer')}`
}

function renderRoom(record: ChatRoomRecord, style: Style): string {
  const { joined, peers } = record
  return `${joined ? style.good('*') : ' '} ${placeOf(record)} ${style.dim(plural(peers, 'peer'))}`
}

function renderPeer(record: ChatPeerRecord, style: Style): string {
  const { peer, handle, connected } = record
  const name = style.peer(handle === undefined ? '-' : asWord(handle), peer)
  return [name, peer, ...(connected ? [] : [style.dim('by way of others')])].join('  ')
}

/** Two may be called the same: the end of the peer ID is shown beside the handle. */
function nameOf({ peer, handle }: { peer: string; handle?: string | undefined }, style: Style): string {
  const short = `…${peer.slice(-shortPeer)}`
  return handle === undefined ? style.peer(short, peer) : `${style.peer(asWord(handle), peer)} ${style.dim(short)}`
}

/** What is no single word is quoted, so that nobody is called like somebody else and what they say. */
function asWord(handle: string): string {
  return /^[^\s\p{C}"…]+$/u.test(handle) ? handle : JSON.stringify(handle)
}
