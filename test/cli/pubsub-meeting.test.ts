import { describe, expect, it } from 'vitest'
import { bootstrapLists } from '../support/bootstrap-list.ts'
import { only, run, scratchPath } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { networkNamespace, noNamespaces } from '../support/network-namespace.ts'
import { startJoinable, subscribed } from '../support/pubsub.ts'

describe.skipIf(noNamespaces)('p2p pubsub --mdns', () => {
  it('publishes to a peer of the local network that nobody has named', async () => {
    const { through } = await networkNamespace()
    const sub = await startJoinable(['sub', '--mdns', '-n', '1', 'news'], { through })
    // another that is found, and takes no part
    await startListener(['--mdns', '--transport', 'tcp'], { through })
    const { code, records } = await run(['pubsub', 'pub', '--json', '--mdns', 'news', 'neighbours'], { through })
    expect(code).toBe(0)
    expect(only(records, 'published').sentTo).toEqual([sub.peerId])
    expect(only((await sub.running.exited).records, 'message')).toMatchObject({ text: 'neighbours' })
  })

  it('tells who of the local network has announced what', async () => {
    const { through } = await networkNamespace()
    const news = await startJoinable(['sub', '--mdns', 'news'], { through })
    const both = await startJoinable(['sub', '--mdns', 'news', 'weather'], { through })
    await subscribed(news, 1)
    const mesh = await startJoinable(['mesh', '--mdns', 'news'], { through })
    await mesh.running.record('mesh', ({ known }) => known.includes(news.peerId) && known.includes(both.peerId))
    await mesh.running.stop()
    // nothing says that nobody else will come
    const within = ['--for', '10s']
    const [peers, topics] = await Promise.all([
      run(['pubsub', 'peers', '--json', '--mdns', ...within, 'news'], { through }),
      run(['pubsub', 'topics', '--json', '--mdns', ...within], { through }),
    ])
    expect(peers.code).toBe(0)
    const found = peers.records.flatMap((record) => (record.type === 'subscriber' ? [record.peer] : []))
    expect(found.toSorted()).toEqual([news.peerId, both.peerId].toSorted())
    expect(topics.records.slice(0, -1)).toMatchObject([
      { topic: 'news', peers: { length: 2 } },
      { topic: 'weather', peers: [both.peerId] },
    ])
  })

  it('finds a peer again that was lost', { timeout: 150_000 }, async () => {
    const { through } = await networkNamespace()
    const key = scratchPath('hub.pem')
    expect((await run(['keygen', '-o', key])).code).toBe(0)
    // it answers, and looks for nobody
    const hub = () => startListener(['--mdns', '--transport', 'tcp', '--key', key, '--pubsub', 'news'], { through })
    const first = await hub()
    const sub = await startJoinable(['sub', '--mdns', 'news'], { through })
    await subscribed(sub, 1)
    await first.running.stop('SIGKILL')
    const said = (text: string) => sub.running.stderr.split(`Subscribed, ${text}\n`).length - 1
    await sub.running.until(() => said('0 peers') === 2)
    await hub()
    await sub.running.until(() => said('1 peer') === 2)
  })

  it('keeps services apart, and exits 1 where nobody comes', async () => {
    const { through } = await networkNamespace()
    await startJoinable(['sub', '--mdns', '--service-tag', '_other._udp.local', 'news'], { through })
    const alone = ['--json', '--mdns', '--timeout', '500ms']
    for (const args of [
      ['pub', ...alone, 'news', 'hello'],
      ['peers', ...alone, 'news'],
      ['topics', ...alone],
      ['topics', ...alone, '--for', '100ms'],
    ]) {
      const { code, records } = await run(['pubsub', ...args], { through })
      expect(only(records, 'error').error).toMatchObject({ code: 'negative', layer: 'pubsub' })
      expect(code).toBe(1)
    }
    const there = await run(['pubsub', 'peers', '--mdns', '--service-tag', '_other._udp.local', 'news'], { through })
    expect(there.code).toBe(0)
  })

  it('looks on where a peer that was named is gone', async () => {
    const { through } = await networkNamespace()
    const sub = await startJoinable(['sub', '--mdns', '-n', '1', 'news'], { through })
    // in a network of its own nobody is at any port
    const gone = ['--bootstrap', '/ip4/127.0.0.1/tcp/1']
    const pub = await run(['pubsub', 'pub', ...gone, '--mdns', 'news', 'hello'], { through })
    expect(pub.code).toBe(0)
    expect(pub.stderr).toMatch(/^not joined to \/ip4\/127\.0\.0\.1\/tcp\/1/m)
    expect((await sub.running.exited).code).toBe(0)
  })
})

describe('p2p pubsub --list', () => {
  it('connects to the peers of a list that is named', async () => {
    const lists = bootstrapLists()
    const hub = await startListener(['--transport', 'tcp', '--pubsub', 'news'])
    lists.write('lab', `# the lab\n${hub.tcp}\n`)
    const sub = await startJoinable(['sub', '--list', 'lab', '-n', '1', 'news'], { env: lists.env })
    await subscribed(sub, 1)
    const pub = await lists.run('pubsub', 'pub', '--json', '--list', 'lab', 'news', 'from the list')
    expect(only(pub.records, 'published').sentTo).toEqual([hub.peerId])
    expect(only((await sub.running.exited).records, 'message')).toMatchObject({ text: 'from the list' })
    expect((await lists.run('pubsub', 'peers', '--list', 'lab', 'news')).code).toBe(0)
    expect((await lists.run('pubsub', 'topics', '--list', 'lab')).code).toBe(0)
  })

  it('uses none that is not named, and refuses one that is not there', async () => {
    const lists = bootstrapLists()
    const hub = await startListener(['--transport', 'tcp', '--pubsub', 'news'])
    lists.write('default', hub.tcp)
    lists.write('empty', '# nobody yet\n')
    for (const flags of [[], ['--list', 'empty']]) {
      const { code, stderr } = await lists.run('pubsub', 'peers', ...flags, 'news')
      expect(stderr).toMatch(/no peers: pass --bootstrap, --list or --mdns/)
      expect(code).toBe(4)
    }
    expect((await lists.run('pubsub', 'pub', '--list', 'default', 'news', 'hello')).code).toBe(0)
    expect((await lists.run('pubsub', 'sub', '--list', 'mistyped', 'news')).code).toBe(7)
    expect((await lists.run('pubsub', 'sub', '--list', 'lab', '--bootstrap', hub.tcp, 'news')).code).toBe(2)
    expect((await lists.run('pubsub', 'sub', '--service-tag', '_other._udp.local', 'news')).code).toBe(2)
  })
})
