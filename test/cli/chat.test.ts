import { describe, expect, it } from 'vitest'
import { startChat, together } from '../support/chat.ts'
import { only, run, start } from '../support/cli.ts'
import { network, servingFlags } from '../support/dht.ts'
import { startListener } from '../support/listener.ts'
import { networkNamespace, noNamespaces } from '../support/network-namespace.ts'
import { peerAnswering } from '../support/peers.ts'
import { joining } from '../support/pubsub.ts'
import { refusedPort } from '../support/servers.ts'

const once = ['chat', '--json', '--transport', 'tcp', '--once']

describe('p2p chat', () => {
  it('sends a line from a pipe to a room, with the handle before it', async () => {
    const alice = await startChat(['room'])
    const input = 'héllo\r\n\n//etc\n'
    const bob = await run([...once, '--name', 'bob', ...joining(alice), 'room'], { input })
    expect(bob.code).toBe(0)
    const [sent] = bob.records.filter(({ type }) => type === 'chat-sent')
    expect(sent).toMatchObject({ direct: false, room: 'room', sentTo: [alice.peerId] })
    expect(only(bob.records, 'summary')).toMatchObject({ sent: 2, received: 0, dropped: 0, rejected: 0 })
    const { code, records } = await alice.running.stop()
    expect(code).toBe(0)
    const from = only(bob.records, 'listening').peerId
    const messages = records.flatMap((record) => (record.type === 'chat-message' ? [record] : []))
    expect(messages.map(({ text }) => text)).toEqual(['héllo', '/etc'])
    expect(messages[0]).toMatchObject({ direct: false, room: 'room', peer: from, handle: 'bob' })
    expect(messages[0]?.id).toBe(sent?.type === 'chat-sent' ? sent.id : '')
    expect(only(records, 'peer-joined')).toMatchObject({ room: 'room', peer: from })
    expect(only(records, 'peer-updated')).toMatchObject({ peer: from, handle: 'bob' })
    expect(only(records, 'summary')).toMatchObject({ sent: 0, received: 2, dropped: 0, rejected: 0 })
  })

  it('in text: messages on stdout, the story on stderr', async () => {
    const alice = start(['chat', '--transport', 'tcp', '--name', 'alice'])
    const address = (await alice.line(/^listening on /, 'stderr')).slice('listening on '.length)
    const bob = await run(['chat', '--once', '--name', 'bob', '--bootstrap', address], { input: 'hi\n' })
    expect(bob).toMatchObject({ code: 0, stdout: '' })
    expect(bob.stderr).toMatch(/^sent to 1 peer$/m)
    await alice.line(/has left the lobby$/, 'stderr')
    const { code, stdout, stderr } = await alice.stop()
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d bob ….{8} hi\n$/)
    expect(stderr).toMatch(/^….{8} is called bob$/m)
    expect(stderr).toMatch(/^0 messages sent, 1 received$/m)
  })

  it('keeps rooms apart, switches between them, and says who is where', async () => {
    const alice = await startChat(['--name', 'alice', 'one'])
    const bob = await startChat(['--name', 'bob', ...joining(alice), 'one'])
    await together(bob, alice)
    const carol = await startChat([...joining(alice, bob), 'two'])
    await alice.running.record('peer-updated', ({ handle }) => handle === 'bob')
    alice.say('/peers')
    expect(await alice.running.record('chat-peer')).toMatchObject({
      ...{ room: 'one', peer: bob.peerId, handle: 'bob', connected: true },
    })
    alice.say('/rooms')
    expect(await alice.running.record('chat-room')).toMatchObject({ room: 'one', joined: true, peers: 1 })
    alice.say('/join two', 'only for two', '/rooms')
    await bob.running.record('peer-left', ({ peer }) => peer === alice.peerId)
    expect(await carol.running.record('chat-message')).toMatchObject({ room: 'two', text: 'only for two' })
    const other = await alice.running.record('chat-room', ({ room, joined }) => room === 'one' && !joined)
    expect(other).toMatchObject({ room: 'one', topic: '/libp2p/chat/1.0.0/one', peers: 1 })
    alice.say('/name al', '/join', '/quit')
    const left = await alice.running.exited
    expect(left.code).toBe(0)
    expect(left.records.filter(({ type }) => type === 'room-joined').at(-1)).not.toHaveProperty('room')
    const heard = (await bob.running.stop()).records.filter(({ type }) => type === 'chat-message')
    expect(heard).toEqual([])
  })

  it('sends to one peer alone, by its handle, its peer ID or the end of that', async () => {
    const alice = await startChat(['--name', 'alice', 'room'])
    const carol = await startChat([...joining(alice), 'room'])
    const names = ['alice', alice.peerId, alice.peerId.slice(-8)]
    // carol has no handle, and has said nothing
    const nameless = await run([...once, ...joining(carol), 'room'], {
      input: `/msg ${carol.peerId.slice(-8)} hello\n`,
    })
    expect(nameless.code).toBe(0)
    const input = names.map((name) => `/msg ${name} psst\n`).join('')
    const bob = await run([...once, ...joining(alice, carol), 'room'], { input })
    expect(bob.code).toBe(0)
    const sent = bob.records.flatMap((record) => (record.type === 'chat-sent' ? [record] : []))
    expect(sent.map(({ direct, sentTo }) => [direct, sentTo])).toEqual(names.map(() => [true, [alice.peerId]]))
    const { records } = await alice.running.stop()
    const messages = records.flatMap((record) => (record.type === 'chat-message' ? [record] : []))
    expect(messages.map(({ direct, text, room }) => [direct, text, room])).toEqual(
      names.map(() => [true, 'psst', undefined]),
    )
    const told = (await carol.running.stop()).records.flatMap((record) =>
      record.type === 'chat-message' ? [record.text] : [],
    )
    expect(told).toEqual(['hello'])
  })

  it('tells those who come by way of others what it is called', async () => {
    const hub = await startChat(['room'])
    const alice = await startChat(['--name', 'alice', ...joining(hub), 'room'])
    const bob = await startChat(['--name', 'bob', ...joining(hub), 'room'])
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const { handle } = await one.running.record('peer-updated', ({ peer }) => peer === other.peerId)
      expect(handle).toBe(other === bob ? 'bob' : 'alice')
    }
  })

  it('says of each line what is wrong with it, and goes on', async () => {
    const alice = await startChat(['room'])
    const input = `/nick bob\n/msg nobody\n/name two words\n${'x'.repeat(16_385)}\nstill here\n`
    const { code, records } = await run([...once, ...joining(alice), 'room'], { input })
    expect(code).toBe(2)
    const failed = records.flatMap((record) => (record.type === 'error' ? [record] : []))
    expect(failed.map(({ index, error }) => [index, error.code])).toEqual([1, 2, 3, 4].map((index) => [index, 'usage']))
    expect(await alice.running.record('chat-message')).toMatchObject({ text: 'still here' })
  })

  it('exits 1 when nobody comes, and 2 for what is no room and no handle', async () => {
    const nobody = await run([...once, '--timeout', '100ms', 'room'], { input: 'hi\n' })
    expect(nobody.code).toBe(1)
    expect(only(nobody.records, 'error').error.message).toBe('nobody is in room within 100 ms')
    for (const args of [['two words'], ['--name', 'two words'], [''], ['--name', ''], ['--for', '1s', '--once']])
      expect((await run(['chat', ...args])).code).toBe(2)
    const unknown = await run([...once, '--timeout', '100ms', 'room'], { input: '/msg nobody hi\n/rooms\n' })
    expect(only(unknown.records, 'error').error.message).toBe('nobody is called "nobody" within 100 ms')
    // the lines behind it are done
    expect(only(unknown.records, 'chat-room')).toMatchObject({ room: 'room', joined: true })
    expect(unknown.code).toBe(1)
  })

  it('says who could not be joined, and that nobody hears what is said', async () => {
    const address = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const chat = await startChat(['--bootstrap', address, '--timeout', '100ms'])
    await chat.running.line(new RegExp(`^not joined to ${address}`), 'stderr')
    chat.say('first', 'second')
    const [error, sent] = [await chat.running.record('error'), await chat.running.record('chat-sent')]
    expect(error).toMatchObject({ index: 1, error: { code: 'negative' } })
    expect(sent.sentTo).toEqual([])
    expect((await chat.running.stop()).code).toBe(1)
  })

  it('goes on to listen when its input has ended, until --for', async () => {
    const { code, records } = await run(['chat', '--json', '--transport', 'tcp', '--for', '200ms'])
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual(['listening', 'room-joined', 'summary'])
  })

  it('ends well by Ctrl-C, and not before its messages were sent', async () => {
    const open = await startChat()
    expect(await open.running.stop()).toMatchObject({ code: 0 })
    expect(only(open.running.records, 'summary')).toMatchObject({ sent: 0, received: 0 })
    const waiting = await startChat(['--once', 'room'])
    waiting.say('hi')
    expect((await waiting.running.stop()).code).toBe(130)
  })

  it('says why a direct message was not taken', async () => {
    const hub = await startListener(['--transport', 'tcp'])
    const { peer, address } = await peerAnswering('/libp2p/chat/1.0.0', (stream) => stream)
    const input = `/msg ${hub.peerId} hi\n`
    const unspoken = await run([...once, ...joining({ address: hub.tcp })], { input })
    expect(only(unspoken.records, 'error').error).toMatchObject({ code: 'protocol', peer: hub.peerId })
    expect(unspoken.code).toBe(6)
    const silent = await run([...once, '--timeout', '8s', ...joining({ address })], {
      input: `/msg ${peer.peerId} hi\n`,
    })
    expect(only(silent.records, 'error').error.message).toBe(`${peer.peerId} has not taken the message within 8 s`)
    expect(silent.code).toBe(3)
  })

  it('looks for nobody where no network was named', async () => {
    const alice = await startChat(['room'])
    const server = await startListener(['--transport', 'tcp', ...servingFlags(network)])
    const bob = await startChat([...joining(alice), '--bootstrap', server.tcp, 'room'])
    const gone = '12D3KooWCEMpvYJrVUf6dZcbDw8kua9Ym8MdBEqN3jRUVdZ9eUfv'
    bob.say(`/msg ${gone} hi`)
    expect((await bob.running.record('error')).error).toMatchObject({
      code: 'unreachable',
      message: `there is no connection to ${gone}`,
    })
    expect((await bob.running.stop()).code).toBe(4)
  })

  it('finds a room among others in a DHT', async () => {
    const server = await startListener(['--transport', 'tcp', '--dht', 'server', '--network', network])
    const dht = ['--network', network, '--bootstrap', server.tcp]
    const alice = await startChat([...dht, 'room'])
    const elsewhere = await startChat([...dht, 'elsewhere'])
    const bob = await run([...once, ...dht, 'room'], { input: 'found you\n' })
    expect(bob.code).toBe(0)
    expect(await alice.running.record('chat-message')).toMatchObject({ text: 'found you' })
    const { records } = await elsewhere.running.stop()
    expect(records.map(({ type }) => type)).toEqual(['listening', 'room-joined', 'summary'])
    const alone = await run([...once, '--network', network, 'room'])
    expect(alone.code).toBe(4)
  })

  it.skipIf(noNamespaces)('finds the peers of the local network by mDNS', async () => {
    const { through } = await networkNamespace()
    const alice = await startChat(['--mdns', 'room'], { through })
    const bob = await run([...once, '--mdns', 'room'], { through, input: 'hello, neighbour\n' })
    expect(bob.code).toBe(0)
    expect(await alice.running.record('chat-message')).toMatchObject({ text: 'hello, neighbour' })
  })
})
