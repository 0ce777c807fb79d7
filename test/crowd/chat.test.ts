import { describe, expect, it } from 'vitest'
import { type Chatter, startChat } from '../support/chat.ts'
import { only } from '../support/cli.ts'
import { network, servingFlags } from '../support/dht.ts'
import { startListener } from '../support/listener.ts'

/** Peers of the room, and peers of the same DHT that are in others. */
const inRoom = 5
const elsewhere = 5

describe('a room among many peers', () => {
  it('meshes those of the room, and nobody else', { timeout: 180_000 }, async () => {
    const server = await startListener(['--transport', 'tcp', ...servingFlags(network)])
    const dht = ['--network', network, '--bootstrap', server.tcp]
    const rooms = [...Array(inRoom).fill('five'), ...Array.from({ length: elsewhere }, (_, index) => `other-${index}`)]
    const chats: Chatter[] = []
    // one after the other: each takes a core to start
    for (const room of rooms) chats.push(await startChat([...dht, room]))
    const five = chats.slice(0, inRoom)
    const others = (chat: Chatter) => five.filter((other) => other !== chat)
    for (const chat of five) {
      for (const { peerId } of others(chat)) await chat.running.record('peer-joined', ({ peer }) => peer === peerId)
    }
    for (const { peerId, say } of five) say(`from ${peerId}`)
    for (const chat of five) {
      for (const { peerId } of others(chat)) {
        await chat.running.record('chat-message', ({ peer, text }) => peer === peerId && text === `from ${peerId}`)
      }
    }
    for (const { say } of chats) say('/rooms')
    // what connected peers have announced
    for (const { running } of chats) await running.record('chat-room')
    for (const chat of chats) {
      const { records, code } = await chat.running.stop()
      expect(code).toBe(0)
      const named = new Set(records.flatMap((record) => (record.type === 'peer-joined' ? [record.peer] : [])))
      const expected = five.includes(chat) ? others(chat).map(({ peerId }) => peerId) : []
      expect([...named].toSorted()).toEqual(expected.toSorted())
      expect(records.filter(({ type }) => type === 'chat-message')).toHaveLength(expected.length)
      expect(only(records, 'chat-room')).toMatchObject({ joined: true, peers: expected.length })
    }
  })
})
