import type { RunningNode } from '../../node/running-node.ts'
import { roomOfTopic } from '../../protocols/chat/protocol.ts'
import type { ChatRecord } from '../../records/chat.ts'
import { pubsubOf } from '../pubsub/connect.ts'
import type { Room } from './room.ts'
import type { Roster } from './roster.ts'

/** Rooms that are listed: peers may announce as many as they like. */
const mostRooms = 100

/**
 * Who is in a room: connected peers that have announced it, and those that were heard by way of others.
 *
 * @param room - the room
 * @param roster - who was heard
 * @returns a record for each
 */
export function peersHere(room: Room, roster: Roster): ChatRecord[] {
  const { name, topic, peers: connected } = room
  return [...new Set([...connected, ...roster.in(topic)])].map((peer) => {
    const isConnected = connected.includes(peer)
    return { type: 'chat-peer', ...name, peer, ...roster.handleOf(peer), connected: isConnected }
  })
}

/**
 * The rooms that there are, as far as connected peers have announced them.
 *
 * @param node - a node with pub/sub
 * @param here - the room that it is in
 * @returns a record for that one, and for the others, the fullest first, a hundred at most
 */
export function roomsAround(node: RunningNode, here: Room): ChatRecord[] {
  const pubsub = pubsubOf(node)
  const others = [...pubsub.router.topics.keys()].filter((topic) => topic !== here.topic)
  const rooms = others.flatMap((topic) => {
    const room = roomOfTopic(topic)
    const peers = pubsub.subscribers(topic).length
    return room === undefined || peers === 0 ? [] : [{ ...room, topic, joined: false, peers }]
  })
  const most = rooms.toSorted((a, b) => b.peers - a.peers).slice(0, mostRooms)
  return [here.record, ...most.map((room): ChatRecord => ({ type: 'chat-room', ...room }))]
}
