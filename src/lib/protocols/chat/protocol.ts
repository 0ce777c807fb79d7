/**
 * The chat of the IPFS Camp 2019 core course: the protocol of direct messages, and the topic of the lobby. A room has a
 * topic of its own below it.
 */
export const chatProtocol = '/libp2p/chat/1.0.0'

/** Most bytes of a message's text, of its ID, of a handle and of the name of a room: what is longer is refused. */
export const longest = { text: 16 * 1024, id: 128, handle: 128, room: 128 } as const

/** Most bytes of a request: the longest text, its ID, and the few bytes of the fields. */
export const longestRequest = longest.text + longest.id + 64

/**
 * The topic of a room.
 *
 * @param room - its name; the lobby when absent
 * @returns the topic
 */
export function topicOf(room: string | undefined): string {
  return room === undefined ? chatProtocol : `${chatProtocol}/${room}`
}

/**
 * The room of a topic.
 *
 * @param topic - any topic; others announce whatever they like
 * @returns the room, without a name for the lobby; undefined for a topic that is no room's
 */
export function roomOfTopic(topic: string): { room?: string } | undefined {
  if (topic === chatProtocol) return {}
  const room = topic.slice(chatProtocol.length + 1)
  const isRoom = topic.startsWith(`${chatProtocol}/`) && room !== '' && Buffer.byteLength(room) <= longest.room
  return isRoom ? { room } : undefined
}
