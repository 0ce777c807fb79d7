import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { only, run, shell, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { foreignPeer } from '../support/peers.ts'
import { floodsubPeer, joining, startJoinable, subscribed } from '../support/pubsub.ts'
import { refusedPort } from '../support/servers.ts'

/** Messages of a `sub`, by their text. */
const textsOf = (records: Array<{ type: string; text?: string }>) =>
  records.filter(({ type }) => type === 'message').map(({ text }) => text)

describe('p2p pubsub pub and sub', () => {
  it('one message', async () => {
    const sub = await startJoinable(['sub', '-n', '1', 'news'])
    const { code, records } = await run(['pubsub', 'pub', '--json', ...joining(sub), 'news', 'héllo'])
    expect(code).toBe(0)
    const published = only(records, 'published')
    expect(published).toMatchObject({ topic: 'news', bytes: 6, sentTo: [sub.peerId] })
    const result = await sub.running.exited
    expect(result.code).toBe(0)
    const message = only(result.records, 'message')
    expect(message).toMatchObject({ topic: 'news', text: 'héllo', signed: true })
    expect(message.data).toBe(Buffer.from('héllo').toString('base64'))
    // the ID is the author and the sequence number
    const seqno = Buffer.from(published.messageId ?? '', 'base64')
      .subarray(-8)
      .readBigUInt64BE()
    expect(message.sequenceNumber).toBe(seqno.toString())
    expect(only(result.records, 'summary')).toMatchObject({ topics: ['news'], messages: 1, dropped: 0, rejected: 0 })
  })

  it('of every router and without signatures', async () => {
    for (const flags of [
      ['--router', 'floodsub'],
      ['--signing', 'none'],
      ['--router', 'floodsub', '--signing', 'none'],
    ]) {
      const sub = await startJoinable(['sub', ...flags, '-n', '1', 'news'])
      const { code } = await run(['pubsub', 'pub', ...flags, ...joining(sub), 'news', 'hello'])
      expect(code).toBe(0)
      const message = only((await sub.running.exited).records, 'message')
      expect(message).toMatchObject({ text: 'hello', signed: !flags.includes('none') })
      expect(message.from === undefined).toBe(flags.includes('none'))
    }
  })

  it('of two topics with the same payload, and without signatures', async () => {
    const sub = await startJoinable(['sub', '--signing', 'none', '-n', '2', 'news', 'weather'])
    for (const topic of ['news', 'weather']) {
      expect((await run(['pubsub', 'pub', '--signing', 'none', ...joining(sub), topic, 'hello'])).code).toBe(0)
    }
    const { records } = await sub.running.exited
    const messages = records.flatMap((record) => (record.type === 'message' ? [record] : []))
    expect(messages.map(({ topic, text }) => [topic, text])).toEqual([
      ['news', 'hello'],
      ['weather', 'hello'],
    ])
  })

  it('never loses the message of a publisher that leaves at once', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const wanted = Array.from({ length: 10 }, (_, index) => `message ${index}`)
    for (const text of wanted) {
      expect((await run(['pubsub', 'pub', ...joining(sub), 'news', text])).code).toBe(0)
    }
    // what was sent to a subscriber is there when `pub` has ended
    expect(textsOf((await sub.running.stop()).records)).toEqual(wanted)
  })

  it.each(['quic', 'ws'])('over %s', async (transport) => {
    const sub = start(['pubsub', 'sub', '--json', '--transport', transport, '-n', '3', 'news'])
    const [address = ''] = (await sub.record('listening')).addresses
    const { code } = await run(['pubsub', 'pub', '--bootstrap', address, 'news', '-'], { input: 'a\nb\nc\n' })
    expect(code).toBe(0)
    expect(textsOf((await sub.exited).records)).toEqual(['a', 'b', 'c'])
  })

  it('through a hub', async () => {
    const hub = await startListener(['--transport', 'tcp', '--pubsub', 'news', '--pubsub', 'weather'])
    const at = { address: hub.tcp }
    const subs = await Promise.all(
      ['news', 'news', 'weather'].map((topic) => startJoinable(['sub', '-n', '1', ...joining(at), topic])),
    )
    await Promise.all(subs.map((sub) => subscribed(sub, 1)))
    expect((await run(['pubsub', 'pub', ...joining(at), 'news', 'from afar'])).code).toBe(0)
    expect((await run(['pubsub', 'pub', ...joining(at), 'weather', 'sunny'])).code).toBe(0)
    const results = await Promise.all(subs.map(({ running }) => running.exited))
    expect(results.map(({ records }) => textsOf(records))).toEqual([['from afar'], ['from afar'], ['sunny']])
  })

  it('by a hub that joins another', async () => {
    const hub = await startListener(['--transport', 'tcp', '--pubsub', 'news'])
    const other = await startListener(['--transport', 'tcp', '--pubsub', 'news', '--bootstrap', hub.tcp])
    const opened = await hub.waitFor('connection-opened', ({ peer }) => peer === other.peerId)
    expect(opened.direction).toBe('inbound')
  })

  it('with libp2p’s own floodsub', async () => {
    const { peer, router } = await floodsubPeer()
    const sub = await startJoinable(['sub', '-n', '1', 'news'])
    const heard = new Promise<string>((resolve) => {
      router.addEventListener('message', ({ detail }) => resolve(Buffer.from(detail.data).toString()))
    })
    router.subscribe('news')
    const known = new Promise((resolve) => router.addEventListener('subscription-change', resolve, { once: true }))
    await peer.dial(multiaddr(sub.address))
    await known
    await router.publish('news', Buffer.from('from floodsub'))
    expect(textsOf((await sub.running.exited).records)).toEqual(['from floodsub'])
    const address = String(peer.getMultiaddrs()[0])
    expect((await run(['pubsub', 'pub', '--bootstrap', address, 'news', 'to floodsub'])).code).toBe(0)
    expect(await heard).toBe('to floodsub')
  })
})

describe('p2p pubsub pub', () => {
  it('publishes each line of stdin, and says of each whom it was sent to', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const { code, records } = await run(['pubsub', 'pub', '--json', ...joining(sub), 'news', '-'], {
      input: 'first\n\nthird\r\nlast',
    })
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual([...Array(4).fill('published'), 'summary'])
    expect(records.at(-1)).toEqual({ type: 'summary', topic: 'news', published: 4, failed: 0, bytes: 15 })
    expect(textsOf((await sub.running.stop()).records)).toEqual(['first', '', 'third\\u{d}', 'last'])
  })

  it('takes messages that have their length in front, and stdin as one', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const long = Buffer.alloc(300, 'x')
    const input = Buffer.concat([Buffer.of(3), Buffer.from('a\nb'), Buffer.of(0), Buffer.of(0xac, 0x02), long])
    const length = await run(['pubsub', 'pub', '--framing', 'length', ...joining(sub), 'news', '-'], { input })
    expect(length.code).toBe(0)
    const whole = await run(['pubsub', 'pub', '--framing', 'whole', ...joining(sub), 'news'], { input: 'c\nd\n' })
    expect(whole.code).toBe(0)
    const messages = (await sub.running.stop()).records.flatMap((record) => (record.type === 'message' ? [record] : []))
    expect(messages.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual([
      'a\nb',
      '',
      String(long),
      'c\nd\n',
    ])
  })

  it('refuses to cut a message that is not from stdin', async () => {
    const { code, stderr } = await run(['pubsub', 'pub', '--framing', 'lines', 'news', 'hello'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/--framing is about stdin/)
  })

  it('refuses lengths that are none', async () => {
    const sub = await startJoinable(['sub', 'news'])
    for (const input of [Buffer.of(5, 1), Buffer.alloc(12, 0xff)]) {
      const { code } = await run(['pubsub', 'pub', '--framing', 'length', ...joining(sub), 'news', '-'], { input })
      expect(code).toBe(2)
    }
  })

  it('sends 1 MiB an RPC, and refuses what is longer before anything is sent', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const tooLong = Buffer.alloc(1024 * 1024, 'x')
    const whole = ['pubsub', 'pub', '--json', '--framing', 'whole', ...joining(sub), 'news']
    const refused = await run(whole, { input: tooLong })
    expect(refused.code).toBe(2)
    const [, longest] = /: (\d+) fit/.exec(only(refused.records, 'error').error.message) ?? []
    expect(Number(longest)).toBeGreaterThan(1024 * 1024 - 300)
    expect((await run(whole, { input: tooLong.subarray(0, Number(longest)) })).code).toBe(0)
    expect((await run(whole, { input: tooLong.subarray(0, Number(longest) + 1) })).code).toBe(2)

    const lines = await run(['pubsub', 'pub', '--json', ...joining(sub), 'news', '-'], { input: `a\n${tooLong}\nb\n` })
    expect(lines.code).toBe(2)
    expect(only(lines.records, 'error')).toMatchObject({ index: 2, error: { code: 'usage', layer: 'pubsub' } })
    expect(only(lines.records, 'summary')).toMatchObject({ published: 2, failed: 1 })
    const lengths = (await sub.running.stop()).records.flatMap((record) =>
      record.type === 'message' ? [Buffer.from(record.data, 'base64').length] : [],
    )
    expect(lengths).toEqual([Number(longest), 1, 1])
  })

  it('exits 1 when nobody has announced the topic, and 4 when there is nobody', async () => {
    const sub = await startJoinable(['sub', 'weather'])
    const nobody = await run(['pubsub', 'pub', '--json', '--timeout', '5s', ...joining(sub), 'news', 'hello'])
    expect(nobody.code).toBe(1)
    expect(only(nobody.records, 'error').error).toMatchObject({ code: 'negative', layer: 'pubsub' })
    expect((await run(['pubsub', 'pub', 'news', 'hello'])).code).toBe(4)
    const gone = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    expect((await run(['pubsub', 'pub', '--bootstrap', gone, 'news', 'hello'])).code).toBe(4)
    const mute = await foreignPeer()
    const address = String(mute.getMultiaddrs()[0])
    expect((await run(['pubsub', 'pub', '--timeout', '5s', '--bootstrap', address, 'news', 'hello'])).code).toBe(1)
  })

  it('waits for as many peers as it is told', async () => {
    const first = await startJoinable(['sub', '-n', '1', 'news'])
    const second = await startJoinable(['sub', '-n', '1', 'news'])
    const { records } = await run([
      'pubsub',
      'pub',
      '--json',
      '--wait-peers',
      '2',
      ...joining(first, second),
      'news',
      'hello',
    ])
    expect(only(records, 'published').sentTo.toSorted()).toEqual([first.peerId, second.peerId].toSorted())
    for (const { running } of [first, second]) expect((await running.exited).code).toBe(0)
  })

  it('ends on Ctrl-C', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const pub = start(['pubsub', 'pub', '--json', ...joining(sub), 'news', '-'])
    pub.child.stdin.write('a line\n')
    await pub.record('published')
    expect((await pub.stop()).code).toBe(130)
  })
})

describe('p2p pubsub sub', () => {
  it('prints a line each to people, sanitised', async () => {
    const sub = start(['pubsub', 'sub', '--transport', 'tcp', '-n', '2', 'news'])
    const [, address = ''] = /^listening on (.*)$/.exec(await sub.line(/^listening on /, 'stderr')) ?? []
    await sub.line(/^Subscribed, 0 peers$/, 'stderr')
    await run(['pubsub', 'pub', '--framing', 'whole', '--bootstrap', address, 'news'], {
      input: 'red\u001b[31m\nalert\u202e',
    })
    await run(['pubsub', 'pub', '--framing', 'whole', '--bootstrap', address, 'news'], { input: Buffer.of(0xff, 0) })
    const { stdout, code } = await sub.exited
    expect(code).toBe(0)
    const [text, bytes, ...more] = stdout.split('\n')
    expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} …\w{8} red\\u\{1b\}\[31m\\u\{a\}alert\\u\{202e\}$/)
    expect(bytes).toMatch(/^\S+ …\w{8} base64:\/wA=$/)
    expect(more).toEqual([''])
  })

  it.each([
    ['raw', [], 'a\u0000b\nc\n'],
    ['raw', ['--delimiter', 'nul'], 'a\u0000b\u0000c\u0000'],
    ['raw', ['--delimiter', 'none'], 'a\u0000bc'],
    ['base64', [], 'YQBi\nYw==\n'],
  ])('writes bytes: %s %j', async (format, more, expected) => {
    const sub = start(['pubsub', 'sub', '--transport', 'tcp', '--format', format, ...more, '-n', '2', 'news'])
    const [, address = ''] = /^listening on (.*)$/.exec(await sub.line(/^listening on /, 'stderr')) ?? []
    await sub.line(/^Subscribed, /, 'stderr')
    const input = Buffer.concat([Buffer.of(3), Buffer.from('a\0b'), Buffer.of(1), Buffer.from('c')])
    await run(['pubsub', 'pub', '--framing', 'length', '--bootstrap', address, 'news', '-'], { input })
    expect((await sub.exited).stdout).toBe(expected)
  })

  it('prints only what one peer wrote', async () => {
    const { peer, router } = await floodsubPeer()
    const sub = await startJoinable(['sub', '-n', '1', '--from', peer.peerId.toString(), 'news'])
    await run(['pubsub', 'pub', ...joining(sub), 'news', 'from another'])
    const known = new Promise((resolve) => router.addEventListener('subscription-change', resolve, { once: true }))
    await peer.dial(multiaddr(sub.address))
    await known
    await router.publish('news', Buffer.from('from that one'))
    expect(textsOf((await sub.running.exited).records)).toEqual(['from that one'])
  })

  it('ends in 3 when there were not enough messages in time, and in 0 without a number', async () => {
    const { code, records } = await run(['pubsub', 'sub', '--json', '-n', '1', '--for', '300ms', 'news'])
    expect(code).toBe(3)
    expect(only(records, 'error').error.message).toBe('0 of 1 messages came in time')
    expect((await run(['pubsub', 'sub', '-n', '1', '--timeout', '300ms', 'news'])).code).toBe(3)
    expect((await run(['pubsub', 'sub', '--for', '300ms', 'news'])).code).toBe(0)
    const sub = await startJoinable(['sub', 'news'])
    expect((await sub.running.stop('SIGTERM')).code).toBe(0)
    const counting = await startJoinable(['sub', '-n', '1', 'news'])
    expect((await counting.running.stop('SIGINT')).code).toBe(130)
  })

  it('says that a peer cannot be reached, and goes on', async () => {
    const gone = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const sub = start(['pubsub', 'sub', '--bootstrap', gone, 'news'])
    await sub.line(/^not joined to \/ip4/, 'stderr')
    expect((await sub.stop()).code).toBe(0)
  })

  it('stops when its reader has gone', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const reader = shell(`p2p pubsub sub --json --bootstrap ${sub.address} news | head -3`)
    await subscribed(sub, 1)
    const pub = start(['pubsub', 'pub', '--json', ...joining(sub), 'news', '-'])
    let isDone = false
    const done = reader.then(() => {
      isDone = true
    })
    // a reader that has gone is found at the next message
    for (let sent = 1; !isDone; sent++) {
      pub.child.stdin.write(`${sent}\n`)
      await Promise.race([pub.until(() => pub.records.length >= sent), done])
    }
    expect((await reader).stdout.split('\n')).toHaveLength(4)
    pub.child.stdin.end()
    expect((await pub.exited).code).toBe(0)
  })

  it.each([
    [[''], /not a topic/],
    [['--listen', '/ip4/1.2.3.4/tcp/1/p2p-circuit', 'news'], /cannot listen/],
    [['--from', 'nobody', 'news'], /peer ID/],
    [['--router', 'carrier-pigeon', 'news'], /--router/],
    [['--format', 'hex', 'news'], /--format/],
    [['--delimiter', 'nul', 'news'], /--delimiter and --raw are about bytes/],
    [['--raw', '--format', 'text', 'news'], /--delimiter and --raw are about bytes/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run(['pubsub', 'sub', ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})

describe('p2p pubsub peers, topics and mesh', () => {
  it('tell who has announced what', async () => {
    const news = await startJoinable(['sub', 'news'])
    const both = await startJoinable(['sub', 'news', 'weather'])
    // two seconds may be too few where the machine is busy
    const within = ['--for', '10s']
    const [peers, topics] = await Promise.all([
      run(['pubsub', 'peers', '--json', ...within, ...joining(news, both), 'news']),
      run(['pubsub', 'topics', '--json', ...within, ...joining(news, both)]),
    ])
    expect(peers.code).toBe(0)
    const found = peers.records.flatMap((record) => (record.type === 'subscriber' ? [record] : []))
    expect(found.map(({ peer }) => peer).toSorted()).toEqual([news.peerId, both.peerId].toSorted())
    expect(found[0]).toMatchObject({ topic: 'news', protocol: '/meshsub/1.2.0' })
    expect(only(peers.records, 'summary')).toEqual({ type: 'summary', connected: 2, found: 2 })

    expect(topics.records.slice(0, -1)).toMatchObject([
      { topic: 'news', peers: { length: 2 } },
      { topic: 'weather', peers: [both.peerId] },
    ])
    expect((await run(['pubsub', 'peers', ...joining(news), 'sports'])).code).toBe(1)
    const mute = await foreignPeer()
    const silent = await run(['pubsub', 'topics', '--for', '300ms', '--bootstrap', String(mute.getMultiaddrs()[0])])
    expect(silent.code).toBe(6)
    expect((await run(['pubsub', 'topics'])).code).toBe(4)
  })

  it('ends in 3 where the mesh was not shown as often as asked for', async () => {
    const { code, records } = await run([
      'pubsub',
      'mesh',
      '--json',
      '--transport',
      'tcp',
      '-n',
      '100',
      '--for',
      '10ms',
      'news',
    ])
    expect(code).toBe(3)
    expect(only(records, 'error').error.message).toMatch(/^\d of 100 tables came in time$/)
  })

  it('tells what the mesh is like', async () => {
    const sub = await startJoinable(['sub', 'news'])
    const mesh = await startJoinable(['mesh', ...joining(sub), 'news'])
    const formed = await mesh.running.record(
      'mesh',
      (record) => record.mesh.length === 1 && record.peers[0]?.latencyMs !== undefined,
    )
    expect(formed).toMatchObject({ topic: 'news', mesh: [sub.peerId], fanout: [], known: [sub.peerId] })
    const [peer] = formed.peers
    expect(peer).toMatchObject({ peer: sub.peerId, state: 'mesh', protocol: '/meshsub/1.2.0', score: 0 })
    expect((peer?.sent.graft ?? 0) + (peer?.received.graft ?? 0)).toBeGreaterThan(0)
    expect(peer?.components).toEqual({ behaviourPenalty: 0 })
    await run(['pubsub', 'pub', ...joining(sub), 'news', 'x'.repeat(600)])
    await mesh.running.record('mesh', ({ peers }) => peers[0]?.messagesReceived === 1)
    expect((await mesh.running.stop()).code).toBe(0)
  })
})
