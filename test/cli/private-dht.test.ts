import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentKey } from '../../src/lib/keys/dht-key.ts'
import { only, run, scratchPath } from '../support/cli.ts'
import { durableServer } from '../support/datastore.ts'
import { type Listener, startListener } from '../support/listener.ts'

/** So many processes, started a few at a time: a machine of two cores has to start them all. */
const count = 20
const atOnce = 4
const withinMs = 240_000

/** Says which five are killed. */
const seed = Number(process.env.P2P_TEST_SEED ?? Date.now() % 2 ** 31)

const network = '/test/kad/1.0.0'
const serving = ['--transport', 'tcp', '--dht', 'server', '--network', network, '--validator', 'mine=none']
const dht = (command: string, { tcp }: Listener, ...args: string[]) =>
  run(['dht', command, '--json', '--network', network, '--bootstrap', tcp, ...args])

describe(`a private DHT of ${count} processes`, () => {
  const servers: Listener[] = []
  const server = (index: number) => servers.at(index) ?? expect.unreachable()
  const values = Array.from({ length: 3 }, (_, index) => [`/mine/${index}`, `value ${index}`] as const)
  const durable = durableServer(scratchPath('datastore'), serving)

  beforeAll(async () => {
    const first = await startListener(serving)
    servers.push(first, await (await durable).start('--bootstrap', first.tcp))
    while (servers.length < count) {
      const batch = Array.from({ length: Math.min(atOnce, count - servers.length) }, () =>
        startListener([...serving, '--bootstrap', first.tcp]),
      )
      servers.push(...(await Promise.all(batch)))
    }
    for (;;) {
      const { records } = await dht('closest-peers', first, 'anything')
      if (records.filter(({ type }) => type === 'closest').length === count) return
    }
  }, withinMs)

  it('answers every command from outside', { timeout: withinMs }, async () => {
    const found = await dht('find-peer', server(2), server(-1).peerId)
    expect(only(found.records, 'peer').addresses).toEqual([server(-1).tcp])

    for (const [index, [key, value]] of values.entries()) {
      const put = await dht('put', server(index), key, value)
      expect(put, put.stderr).toMatchObject({ code: 0 })
      expect(only(put.records, 'stored').peers.length).toBeGreaterThan(5)
      const got = await dht('get', server(-index - 1), key)
      expect(only(got.records, 'value')).toMatchObject({ key, text: value, validated: false })
    }

    const provided = await dht('provide', server(3), '--announce', '/ip4/127.0.0.1/tcp/4001', 'content')
    expect(provided, provided.stderr).toMatchObject({ code: 0 })
    expect(only(provided.records, 'stored').peers.length).toBeGreaterThan(5)
    const providers = await dht('find-providers', server(-3), contentKey('content').text)
    expect(only(providers.records, 'provider').addresses[0]).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/4001\/p2p\//)

    const closest = await dht('closest-peers', server(4), '--limit', '5', '/mine/0')
    expect(closest.records.filter(({ type }) => type === 'closest')).toHaveLength(5)
    const ping = await run(['dht', 'ping', '--json', '--network', network, server(-4).tcp])
    expect(only(ping.records, 'pong').peer).toBe(server(-4).peerId)
  })

  it(`still has every value when any five are killed: P2P_TEST_SEED=${seed}`, { timeout: withinMs }, async () => {
    // the durable one is for the next test
    const mortal = servers.filter((_, index) => index !== 1)
    const [killed = []] = fc.sample(fc.shuffledSubarray(mortal, { minLength: 5, maxLength: 5 }), { seed, numRuns: 1 })
    expect(killed).toHaveLength(5)
    await Promise.all(killed.map(({ running }) => running.stop('SIGKILL')))
    const alive = servers.filter((other) => !killed.includes(other))
    for (const [index, [key, value]] of values.entries()) {
      const { code, stderr, records } = await dht('get', alive[index * 4] ?? expect.unreachable(), key)
      expect(code, stderr).toBe(0)
      expect(only(records, 'value').text).toBe(value)
    }
  })

  it('has a server with --datastore, which is killed and comes back with its values', {
    timeout: withinMs,
  }, async () => {
    const before = server(1)
    await before.running.stop('SIGKILL')
    const after = await (await durable).start()
    expect(after.peerId).toBe(before.peerId)
    for (const [key, value] of values) {
      const { code, stderr, records } = await run([
        'dht',
        'get',
        '--json',
        '--network',
        network,
        '--from',
        after.tcp,
        key,
      ])
      expect(code, stderr).toBe(0)
      expect(only(records, 'value')).toMatchObject({ text: value, from: after.peerId })
    }
    // nobody told it of the others
    await after.running.line(/^reached [1-9]\d* of \d+ peers of the datastore$/, 'stderr')
  })
})
