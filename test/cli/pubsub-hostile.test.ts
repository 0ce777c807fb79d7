import { identify } from '@libp2p/identify'
import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { addressOf, foreignPeer } from '../support/peers.ts'
import {
  announcing,
  type Joinable,
  joining,
  leaving,
  lengthPrefixed,
  publishing,
  rpcPeer,
  signedMessage,
  startJoinable,
} from '../support/pubsub.ts'
import { bytesField, freshSigner } from '../support/signed-record.ts'

/** Waits until a `sub` has named something that it rejected from a peer. */
async function rejected({ running }: Joinable, peer: string, reason: RegExp) {
  return await running.record('rejected', (record) => record.peer === peer && reason.test(record.reason))
}

/** Ends a `sub` after a last message, which comes behind all that was sent to it before, and gives its messages. */
async function messagesOf(sub: Joinable, last: () => void) {
  last()
  await sub.running.record('message', ({ text }) => text === 'last')
  const { code, records } = await sub.running.stop()
  expect(code).toBe(0)
  return records.flatMap((record) => (record.type === 'message' && record.text !== 'last' ? [record] : []))
}

/** An RPC with one control message of gossipsub. */
const control = (field: number, ...entries: Uint8Array[]) =>
  bytesField(3, Buffer.concat(entries.map((entry) => bytesField(field, entry))))

describe('a hostile publisher is survived and named', () => {
  it('for bad signatures, forged authors and malformed messages', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const { peerId, signer, send } = await rpcPeer(sub.address)
    const victim = freshSigner()
    const otherSignature = signer.sign(Buffer.from('something else'))
    send(publishing(signedMessage(signer, { data: 'bad', signature: otherSignature })))
    send(publishing(signedMessage(signer, { data: 'short', signature: Buffer.of(1, 2, 3) })))
    await rejected(sub, peerId, /^bad signature/)
    // by the victim's name, with the wrong key; then with the victim's key, and signed by another
    send(publishing(signedMessage(signer, { data: 'forged', from: victim.multihash })))
    await rejected(sub, peerId, /^its author is not/)
    send(publishing(signedMessage(signer, { data: 'forged', from: victim.multihash, key: victim.publicKey })))
    send(publishing(signedMessage(signer, { data: 'no key', key: Buffer.of(8, 9, 9) })))
    send(publishing(bytesField(4, 'news')))
    await rejected(sub, peerId, /^it is not signed/)
    expect(await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))).toEqual([])
  })

  it('for a flood with ever other topics, which is one rejection that counts', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const { peerId, signer, send } = await rpcPeer(sub.address)
    const bad = { signature: Buffer.alloc(64) }
    for (let times = 1; times <= 100; times++) {
      send(publishing(signedMessage(signer, { ...bad, topic: `${times} ${'x'.repeat(1000)}` })))
    }
    for (let times = 1; times <= 10; times++) {
      send(publishing(signedMessage(signer, { topic: `${times} ${'x'.repeat(2_000_000)}` })))
    }
    const tooLong = /^a topic of more than 4096 bytes$/
    await sub.running.record('rejected', ({ reason, count }) => tooLong.test(reason) && count === 10)
    const messages = await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))
    expect(messages).toEqual([])
    const told = sub.running.records.flatMap((record) => (record.type === 'rejected' ? [record] : []))
    expect(told.map(({ peer, reason, count }) => [peer, reason, count])).toEqual([
      ...[1, 10, 100].map((count) => [peerId, 'bad signature', count]),
      ...[1, 10].map((count) => [peerId, 'a topic of more than 4096 bytes', count]),
    ])
    for (const { topic = '' } of told) expect(topic).toMatch(/^\d+ x{200,255}…$/)
  })

  it('for sequence numbers that are used again, and messages that are sent again and again', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const { peerId, signer, send } = await rpcPeer(sub.address)
    const first = signedMessage(signer, { data: 'first', seqno: 700n })
    for (let times = 0; times < 10; times++) send(publishing(first, first))
    send(publishing(signedMessage(signer, { data: 'another', seqno: 700n })))
    await rejected(sub, peerId, /used for another message/)
    await rejected(sub, peerId, /again and again/)
    const messages = await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))
    expect(messages.map(({ text }) => text)).toEqual(['first'])
  })

  it('for payloads of 1 MB, and control bytes', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const { signer, send } = await rpcPeer(sub.address)
    const hostile = '\u001b]0;owned\u0007\u202e\r\n\u009b2J'
    send(publishing(signedMessage(signer, { data: Buffer.alloc(1_000_000, 7) })))
    send(publishing(signedMessage(signer, { data: hostile })), announcing(`${hostile}topic`))
    const messages = await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))
    expect(messages.map(({ data }) => Buffer.from(data, 'base64').length)).toEqual([
      1_000_000,
      Buffer.byteLength(hostile),
    ])
    expect(Buffer.from(messages[1]?.data ?? '', 'base64').toString()).toBe(hostile)
  })

  it('for coming and going, which is said once a second at most', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const { signer, send } = await rpcPeer(sub.address)
    for (let times = 0; times < 500; times++) send(announcing('news'), leaving('news'))
    send(announcing('news'))
    await sub.running.line(/^Subscribed, 1 peer$/, 'stderr')
    await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))
    const { stderr, records } = await sub.running.exited
    const seconds = (only(records, 'summary').elapsedMs ?? 0) / 1000
    expect([...stderr.matchAll(/^Subscribed, /gm)].length).toBeLessThan(seconds + 2)
  })

  it('for RPCs that are none, and lengths without an end', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const garbled = await rpcPeer(sub.address)
    garbled.send(Buffer.alloc(100, 0xff))
    await rejected(sub, garbled.peerId, /^not an RPC/)
    for (const raw of [Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f), Buffer.alloc(64, 0xff)]) {
      const { peerId, sendRaw } = await rpcPeer(sub.address)
      sendRaw(raw)
      await rejected(sub, peerId, /more than 4194304 bytes/)
    }
    const { signer, send } = await rpcPeer(sub.address)
    expect(await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))).toEqual([])
  })

  it('for floods of IWANT and IHAVE, and thousands of topics', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const { peerId, signer, send } = await rpcPeer(sub.address)
    const iwant = control(2, bytesField(1, 'an ID'))
    const ihave = control(1, Buffer.concat([bytesField(1, 'news'), bytesField(2, 'an ID')]))
    for (let times = 0; times < 100; times++) send(iwant, ihave)
    await rejected(sub, peerId, /^IWANT flood/)
    await rejected(sub, peerId, /^IHAVE flood/)
    for (let times = 0; times < 4; times++) {
      send(announcing(...Array.from({ length: 1000 }, (_, index) => `topic ${times} ${index}`)))
    }
    await rejected(sub, peerId, /more topics than are kept/)
    expect(await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))).toEqual([])
  })

  it('of a hub, which passes nothing bad on', async () => {
    const hub = await startListener(['--transport', 'tcp', '--pubsub', 'news'])
    const sub = await startJoinable(['sub', ...joining({ address: hub.tcp }), 'news'])
    await sub.running.line(/^Subscribed, 1 peer$/, 'stderr')
    const { peerId, signer, send } = await rpcPeer(hub.tcp)
    send(publishing(signedMessage(signer, { data: 'bad', signature: Buffer.alloc(64) })))
    await hub.waitFor('rejected', ({ peer }) => peer === peerId)
    const messages = await messagesOf(sub, () => send(publishing(signedMessage(signer, { data: 'last' }))))
    expect(messages).toEqual([])
    expect(sub.running.records.some(({ type }) => type === 'rejected')).toBe(false)
  })

  it('that signs nothing, and where nothing is signed', async () => {
    const sub = await startJoinable(['sub', '--signing', 'none', 'news'])
    const { peerId, signer, send } = await rpcPeer(sub.address)
    send(publishing(signedMessage(signer, { data: 'signed' })))
    await rejected(sub, peerId, /^it is signed/)
    const unsigned = (text: string) => publishing(Buffer.concat([bytesField(2, text), bytesField(4, 'news')]))
    send(unsigned('unsigned'))
    const messages = await messagesOf(sub, () => send(unsigned('last')))
    expect(messages.map(({ text, signed }) => [text, signed])).toEqual([['unsigned', false]])
  })

  it('that announces a topic and reads nothing: the others get everything through the same hub', async () => {
    const hub = await startListener(['--transport', 'tcp', '--pubsub', 'news'])
    const at = joining({ address: hub.tcp })
    const sub = await startJoinable(['sub', '-n', '31', ...at, 'news'])
    await sub.running.line(/^Subscribed, 1 peer$/, 'stderr')
    const silent = await rpcPeer(hub.tcp, false)
    const stream = await silent.inbound
    // what the hub has passed on it took after the announcement
    silent.send(announcing('news'), publishing(signedMessage(silent.signer, { data: 'announced' })))
    await sub.running.record('message')
    const line = `${'x'.repeat(100_000)}\n`
    const published = await run(['pubsub', 'pub', '--json', ...at, 'news', '-'], { input: line.repeat(30) })
    expect(published.code).toBe(0)
    expect((await sub.running.exited).code).toBe(0)
    // the hub had more for it than it could get rid of
    expect(stream.readBufferLength).toBeLessThan(30 * 100_000)
  })

  it('that lets itself be published to and reads nothing is given up by the publisher', async () => {
    const silent = await foreignPeer({ services: { identify: identify() } })
    await silent.handle('/meshsub/1.1.0', (stream) => stream.pause())
    silent.addEventListener('connection:open', ({ detail: connection }) => {
      void connection.newStream('/meshsub/1.1.0').then((stream) => stream.send(lengthPrefixed(announcing('news'))))
    })
    const sub = await startJoinable(['sub', '-n', '20', 'news'])
    const args = ['pubsub', 'pub', '--timeout', '3s', '--wait-peers', '2', '--bootstrap', addressOf(silent)]
    const line = `${'x'.repeat(100_000)}\n`
    const { code, stderr } = await run([...args, ...joining(sub), 'news', '-'], { input: line.repeat(20) })
    expect(code).toBe(0)
    expect(stderr).toContain(`${silent.peerId} does not read what it is sent`)
    expect((await sub.running.exited).code).toBe(0)
  })
})

describe('a subscriber that shows nothing', () => {
  it('is waited for by the publisher for --timeout, and named', async () => {
    const silent = await foreignPeer({ services: { identify: identify() } })
    await silent.handle('/meshsub/1.1.0', (stream) => stream.addEventListener('message', () => {}))
    await silent.handle('/ipfs/ping/1.0.0', () => {})
    silent.addEventListener('connection:open', ({ detail: connection }) => {
      void connection.newStream('/meshsub/1.1.0').then((stream) => stream.send(lengthPrefixed(announcing('news'))))
    })
    const args = ['pubsub', 'pub', '--timeout', '5s', '--bootstrap', addressOf(silent), 'news', 'hello']
    const { code, stderr } = await run(args)
    expect(code).toBe(0)
    expect(stderr).toContain(`${silent.peerId} has not shown within 5 s that everything has arrived`)
  })
})

describe('a reader that is too slow', () => {
  it('loses messages, and is told how many', async () => {
    const sub = start(['pubsub', 'sub', '--json', '--transport', 'tcp', 'news'])
    const [address = ''] = (await sub.record('listening')).addresses
    await sub.line(/^Subscribed, /, 'stderr')
    sub.child.stdout.pause()
    const megabyte = Buffer.alloc(1_000_000, 'x')
    const input = Buffer.concat(Array.from({ length: 40 }, () => [megabyte, Buffer.from('\n')]).flat())
    const pub = await run(['pubsub', 'pub', '--json', '--bootstrap', address, 'news', '-'], { input })
    expect(only(pub.records, 'summary')).toMatchObject({ published: 40 })
    sub.child.stdout.resume()
    const messages = () => sub.records.filter(({ type }) => type === 'message').length
    const dropped = () => sub.records.reduce((sum, record) => sum + (record.type === 'dropped' ? record.count : 0), 0)
    await sub.until(() => messages() + dropped() === 40)
    expect(dropped()).toBeGreaterThan(0)
    const { code, records } = await sub.stop()
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ messages: messages(), dropped: dropped() })
  })
})
