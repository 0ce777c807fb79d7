import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { type Chatter, sendMessage, startChat, updatePeer } from '../support/chat.ts'
import { foreignPeer } from '../support/peers.ts'
import { announcing, leaving, lengthPrefixed, publishing, rpcPeer, signedMessage } from '../support/pubsub.ts'
import { freshSigner, numberField } from '../support/signed-record.ts'

const topic = '/libp2p/chat/1.0.0'
const hostile = '\u001b]0;owned\u0007\u202e\r\n\u009b2J'

/** Connects a peer that says in the lobby whatever a test wants. */
async function hostilePeer({ address }: Chatter) {
  const { send, signer } = await rpcPeer(address)
  const say = (...requests: Uint8Array[]) =>
    send(...requests.map((data) => publishing(signedMessage(signer, { topic, data }))))
  return { say, peer: signer.peerId }
}

/** Waits until a chat has heard a text, and gives the messages before it. */
async function messagesUntil({ running }: Chatter, last: string) {
  await running.record('chat-message', ({ text }) => text === last)
  return running.records.flatMap((record) => (record.type === 'chat-message' && record.text !== last ? [record] : []))
}

describe('whoever is hostile in a chat is survived and named', () => {
  it('for messages that come twice, and for the IDs of others', async () => {
    const chat = await startChat()
    const one = await hostilePeer(chat)
    const another = await hostilePeer(chat)
    one.say(
      sendMessage({ id: '1' }),
      sendMessage({ id: '1', data: 'not shown' }),
      sendMessage({ id: '2', data: 'last' }),
    )
    expect((await messagesUntil(chat, 'last')).map(({ text, peer }) => [text, peer])).toEqual([['hello', one.peer]])
    another.say(sendMessage({ id: '1', data: 'shown' }))
    expect(await chat.running.record('chat-message', ({ text }) => text === 'shown')).toMatchObject({
      peer: another.peer,
    })
    expect((await chat.running.stop()).code).toBe(0)
  })

  it('for requests that are none, too long, or not all there', async () => {
    const chat = await startChat()
    const { say, peer } = await hostilePeer(chat)
    say(Buffer.from(hostile), new Uint8Array(0), numberField(1, 7), sendMessage({ created: undefined }))
    say(sendMessage({ data: Buffer.alloc(1_000_000, 'x') }), sendMessage({ data: Buffer.alloc(16_385) }))
    say(updatePeer('x'.repeat(1000)), sendMessage({ id: 'last', data: 'last' }))
    expect(await messagesUntil(chat, 'last')).toEqual([])
    const rejected = chat.running.records.flatMap((record) => (record.type === 'rejected' ? [record] : []))
    expect(new Set(rejected.map((record) => record.peer))).toEqual(new Set([peer]))
    expect(rejected.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        'a request without its type',
        'a request without its created',
        expect.stringMatching(/^a request of \d+ bytes, where 16576 are the most$/),
        'a text of 16385 bytes, where 16384 are the most',
        'a handle of 1000 bytes, where 128 are the most',
      ]),
    )
  })

  it('for control bytes in texts and handles, and bytes that are no text', async () => {
    const chat = await startChat()
    const { say, peer } = await hostilePeer(chat)
    // that no unsafe code point is printed is checked of every record
    say(updatePeer(hostile), sendMessage({ id: '1', data: hostile, created: -(2n ** 63n) }))
    say(updatePeer(Buffer.of(0xff, 0xfe)), sendMessage({ id: '2', data: Buffer.of(0xff, 0xfe) }))
    say(sendMessage({ id: '3', data: 'last' }))
    const [first, second] = await messagesUntil(chat, 'last')
    expect(first).toMatchObject({ peer, data: Buffer.from(hostile).toString('base64') })
    expect(first?.text).toMatch(/^\\u\{1b\}/)
    expect(first?.handle).toMatch(/^\\u\{1b\}/)
    expect(first).not.toHaveProperty('createdAt')
    expect(second).toMatchObject({ handle: '\ufffd\ufffd' })
    expect(second).not.toHaveProperty('text')
  })

  it('for a flood, which takes nothing from the others', async () => {
    const chat = await startChat()
    const one = await hostilePeer(chat)
    const another = await hostilePeer(chat)
    one.say(...Array.from({ length: 1000 }, (_, index) => sendMessage({ id: `${index}` })))
    const flood = await chat.running.record('rejected', ({ reason, count }) => /floods/.test(reason) && count === 100)
    expect(flood).toMatchObject({ peer: one.peer, topic })
    another.say(sendMessage({ data: 'last' }))
    expect((await messagesUntil(chat, 'last')).length).toBeLessThan(1000)
  })

  it('for authors that a neighbour makes up', async () => {
    const chat = await startChat()
    const { send, peerId } = await rpcPeer(chat.address)
    const data = sendMessage({ data: 'made up' })
    send(...Array.from({ length: 1000 }, () => publishing(signedMessage(freshSigner(), { topic, data }))))
    const flood = await chat.running.record('rejected', ({ reason, count }) => /floods/.test(reason) && count === 100)
    expect(flood).toMatchObject({ peer: peerId, topic })
    const another = await hostilePeer(chat)
    another.say(sendMessage({ data: 'last' }))
    expect((await messagesUntil(chat, 'last')).length).toBeLessThan(1000)
  })

  it('for a peer that comes and goes all the time', async () => {
    const chat = await startChat()
    const { send, peerId } = await rpcPeer(chat.address)
    send(announcing(topic))
    await chat.running.record('peer-joined')
    for (let times = 0; times < 100; times++) send(leaving(topic), announcing(topic))
    const flood = await chat.running.record('rejected', ({ reason, count }) => /floods/.test(reason) && count === 100)
    expect(flood).toMatchObject({ peer: peerId, topic })
    const { records } = await chat.running.stop()
    expect(records.filter(({ type }) => type === 'peer-joined' || type === 'peer-left')).toHaveLength(10)
  })

  it('for direct messages that are none, too long, or never end', async () => {
    const chat = await startChat()
    const peer = await foreignPeer()
    const connection = await peer.dial(multiaddr(chat.address))
    const send = async (...bytes: Uint8Array[]) => {
      const stream = await connection.newStream(topic)
      const ended = new Promise<'reset' | 'half-closed'>((resolve) => {
        stream.addEventListener('remoteCloseWrite', () => resolve('half-closed'))
        stream.addEventListener('close', ({ error }) => error && resolve('reset'))
      })
      for (const chunk of bytes) stream.send(chunk)
      await stream.close().catch(() => {})
      return await ended
    }
    expect(await send(Buffer.alloc(10, 0xff))).toBe('reset')
    expect(await send(Buffer.of(0xff, 0xff, 0x7f))).toBe('reset')
    expect(await send(lengthPrefixed(sendMessage({ data: undefined })))).toBe('reset')
    // cut anywhere, and several on one stream
    const two = Buffer.concat(
      [sendMessage({ id: '1', data: 'one' }), sendMessage({ id: '2', data: 'two' })].map(lengthPrefixed),
    )
    expect(await send(two.subarray(0, 5), two.subarray(5, 40), two.subarray(40))).toBe('half-closed')
    const { records, code } = await chat.running.stop()
    expect(code).toBe(0)
    const messages = records.flatMap((record) => (record.type === 'chat-message' ? [record] : []))
    expect(messages.map(({ direct, text, peer: from }) => [direct, text, from])).toEqual([
      [true, 'one', peer.peerId.toString()],
      [true, 'two', peer.peerId.toString()],
    ])
    const reasons = records.flatMap((record) => (record.type === 'rejected' ? [record.reason] : []))
    expect(reasons).toContain('a direct request of more than 16576 bytes')
    expect(reasons).toContain('a request without its data')
  })
})
