import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentKey } from '../../src/lib/keys/dht-key.ts'
import { only, run, scratchPath, start } from '../support/cli.ts'
import { durableServer } from '../support/datastore.ts'
import { asking, formed, network, servingFlags } from '../support/dht.ts'
import { ipnsSigner } from '../support/ipns.ts'
import { type Listener, startListener } from '../support/listener.ts'

/** So many processes, started a few at a time: a machine of two cores has to start them all. */
const count = 20
const atOnce = 4
const withinMs = 240_000

/** Says which five are killed. */
const seed = Number(process.env.P2P_TEST_SEED ?? Date.now() % 2 ** 31)

const serving = servingFlags(network, 'mine')
const p2p = (command: string, { tcp }: Listener, ...args: string[]) =>
  run([...command.split(' '), '--json', ...asking(tcp), ...args])
const dht = (command: string, server: Listener, ...args: string[]) => p2p(`dht ${command}`, server, ...args)

describe(`a private DHT of ${count} processes`, () => {
  const servers: Listener[] = []
  const server = (index: number) => servers.at(index) ?? expect.unreachable()
  const peerIds = () => servers.map(({ peerId }) => peerId).toSorted()
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
    await formed(first.tcp, count)
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

    const held = await dht('holders', server(5), '/mine/0')
    expect(held, held.stderr).toMatchObject({ code: 0 })
    expect(held.records.filter((record) => record.type === 'holder' && record.has).length).toBeGreaterThan(5)
    const table = await run(['dht', 'routing-table', '--json', '--network', network, '--from', server(0).tcp])
    const known = table.records.flatMap((record) => (record.type === 'bucket' ? record.peers : []))
    expect(peerIds()).toEqual(expect.arrayContaining(known))
    expect(known.length).toBeGreaterThan(5)
  })

  it('is walked through to its end', { timeout: withinMs }, async () => {
    for (const [command, type] of [
      ['dht walk', 'peer'],
      ['discover walk', 'discovered'],
    ] as const) {
      const { code, stderr, records } = await p2p(command, server(6), '--limit', String(count))
      expect(code, stderr).toBe(0)
      const found = records.flatMap((record) => (record.type === type ? [record.peer] : []))
      expect(found.toSorted()).toEqual(peerIds())
    }
  })

  it('publishes and resolves a name', { timeout: withinMs }, async () => {
    const { file, name } = await ipnsSigner()
    const published = await p2p('ipns publish', server(7), '--key', file, 'bafkqaaa')
    expect(published, published.stderr).toMatchObject({ code: 0 })
    expect(only(published.records, 'stored').peers.length).toBeGreaterThan(5)
    const resolved = await p2p('ipns resolve', server(-7), name)
    expect(only(resolved.records, 'ipns')).toMatchObject({ value: '/ipfs/bafkqaaa', sequence: '0', signature: 'valid' })
  })

  it('finds by its ID alone a peer that it has, and one that stays to provide', { timeout: withinMs }, async () => {
    const serverFound = await p2p('ping', server(8), '-c', '1', server(-8).peerId)
    expect(only(serverFound.records, 'pong').address).toBe(server(-8).tcp)

    const listen = ['--listen', '/ip4/127.0.0.1/tcp/0', 'content of one that stays']
    const providing = start(['dht', 'provide', '--json', ...asking(server(9).tcp), ...listen])
    const { peerId, addresses } = await providing.record('listening')
    expect((await providing.record('stored')).peers.length).toBeGreaterThan(5)
    const found = await dht('find-providers', server(-9), 'content of one that stays')
    expect(only(found.records, 'provider')).toMatchObject({ peer: peerId, addresses })
    const dialed = await p2p('dial', server(-9), peerId)
    expect(only(dialed.records, 'dialed').address).toBe(addresses[0])
    expect((await providing.stop()).code).toBe(0)
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
