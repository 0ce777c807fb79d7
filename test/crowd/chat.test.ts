import { describe, expect, it } from 'vitest'
import { startChat } from '../support/chat.ts'
import { network, servingFlags } from '../support/dht.ts'
import { startListener } from '../support/listener.ts'

/** Peers of the room, and peers of the same DHT that are in others. */
const inRoom = 5
const elsewhere = 5

describe('a room among many peers', () => {
  it('meshes those of the room, and nobody else', async () => {
    const server = await startListener(['--transport', 'tcp', ...servingFlags(network)])
    const dht = ['--network', network, '--bootstrap', server.tcp]
    const rooms = [...Array(inRoom).fill('five'), ...Array.from({ length: elsewhere }, (_, index) => `other-${index}`)]
    const chats = await Promise.all(rooms.map((room) => startChat([...dht, room])))
    const five = chats.slice(0, inRoom)
    const others = (chat: (typeof five)[number]) => five.filter((other) => other !== chat)
    for (const chat of five) {
      for (const { peerId } of others(chat)) await chat.running.record('peer-joined', ({ peer }) => peer === peerId)
    }
    for (const { peerId, say } of five) say(`from ${peerId}`)
    for (const chat of five) {
      for (const { peerId } of others(chat)) {
        await chat.running.record('chat-message', ({ peer, text }) => peer === peerId && text === `from ${peerId}`)
      }
    }
    for (const chat of chats) {
      const { records, code } = await chat.running.stop()
      expect(code).toBe(0)
      const named = new Set(records.flatMap((record) => (record.type === 'peer-joined' ? [record.peer] : [])))
      const expected = five.includes(chat) ? others(chat).map(({ peerId }) => peerId) : []
      expect([...named].toSorted()).toEqual(expected.toSorted())
      expect(records.filter(({ type }) => type === 'chat-message')).toHaveLength(expected.length)
    }
  })
})
