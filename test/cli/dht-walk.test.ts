import { beforeAll, describe, expect, it } from 'vitest'
import { only, run, shell, start } from '../support/cli.ts'
import {
  asking,
  closer,
  type KadServer,
  kadMessage,
  kadPeer,
  kadServer,
  network,
  type StockServer,
  stockServers,
} from '../support/dht.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort } from '../support/servers.ts'
import { freshSigner } from '../support/signed-record.ts'

let servers: StockServer[]
let flags: string[]
let everybody: string[]
beforeAll(async () => {
  servers = await stockServers(4)
  flags = asking(servers[0]?.address ?? '')
  everybody = servers.map(({ peer }) => peer.peerId.toString()).toSorted()
})

/** A server that names itself and others, twice each and always new ones. */
async function endlessLiar(...more: Uint8Array[]): Promise<KadServer> {
  const refused = await refusedPort()
  const liar: KadServer = await kadServer(({ type }) => {
    const fresh = Array.from({ length: 30 }, () => kadPeer(8, freshSigner().peerId, `/ip4/127.0.0.1/tcp/${refused}`))
    return kadMessage(type, ...more, closer(liar), ...fresh, ...fresh)
  })
  return liar
}

describe.each([
  ['dht walk', 'peer'],
  ['discover walk', 'discovered'],
] as const)('%s', (command, type) => {
  const words = command.split(' ')

  it('tells each peer once, and goes on until Ctrl-C, which is 0', async () => {
    const running = start([...words, '--json', '--inspect', 'routing', ...flags])
    const lookups = () => running.stderr.split('"type":"lookup-started"').length - 1
    // the second one finds nobody new
    await running.until(() => lookups() >= 2)
    const { code, records } = await running.stop()
    expect(code).toBe(0)
    const found = records.filter((record) => record.type === 'peer' || record.type === 'discovered')
    expect(found.map((record) => [record.type, record.peer]).toSorted()).toEqual(everybody.map((peer) => [type, peer]))
    for (const { peer, addresses } of found) {
      expect(addresses).toEqual([servers.find((server) => server.address.endsWith(peer))?.address])
    }
    expect(records.at(-1)).toMatchObject({ type: 'summary', failed: 0, complete: false })
    expect(records).toHaveLength(found.length + 1)
  })

  it('ends with --limit, and with --for', async () => {
    const two = await run([...words, '--json', '--limit', '2', ...flags])
    expect(two.code).toBe(0)
    expect(two.records.map((record) => record.type)).toEqual([type, type, 'summary'])
    expect(only(two.records, 'summary').complete).toBe(true)
    const limited = await run([...words, '--json', '--for', '4s', '--limit', '1000', ...flags])
    expect(limited.code).toBe(0)
    expect(only(limited.records, 'summary').complete).toBe(false)
    const timed = await run([...words, '--json', '--for', '2s', ...flags])
    expect(timed.code).toBe(0)
    expect(only(timed.records, 'summary').complete).toBe(false)
  })

  it('ends when its reader goes away', async () => {
    const { address } = await endlessLiar()
    const { code, stdout } = await shell(`set -o pipefail; p2p ${command} "$@" | head -1`, asking(address))
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  })

  it('fails where nobody answers the first lookup', async () => {
    const refused = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${await strangerId()}`
    const silent = await kadServer(() => undefined)
    expect((await run([...words, ...asking(refused)])).code).toBe(4)
    expect((await run([...words, '--timeout', '1s', ...asking(silent.address)])).code).toBe(3)
    expect((await run([...words])).code).toBe(4)
    expect((await run([...words, '--limit', '0', ...flags])).code).toBe(2)
  })
})

describe('a walk among liars', () => {
  it('tells nobody twice, and no peer without an address', async () => {
    const nowhere = await strangerId()
    const liar = await endlessLiar(kadPeer(8, nowhere))
    const { code, records } = await run(['dht', 'walk', '--json', '--limit', '50', ...asking(liar.address)])
    expect(code).toBe(0)
    const peers = records.flatMap((record) => (record.type === 'peer' ? [record.peer] : []))
    expect(peers).toHaveLength(50)
    expect(new Set(peers)).toHaveProperty('size', 50)
    expect(peers).toContain(liar.peerId)
    expect(peers).not.toContain(nowhere)
  })
})

it('draws the lookups of a walk as one tree, of no key, and counts the requests that it leaves out', async () => {
  const again = Array.from({ length: 22 }, () => freshSigner().peerId)
  let answers = 0
  // somebody new with each answer: a walk does not pause
  const server = await kadServer(({ type }) => {
    const fresh = again[Math.min(answers++, again.length - 1)] ?? ''
    return kadMessage(type, kadPeer(8, fresh, '/ip4/127.0.0.1/tcp/1'))
  })
  const args = ['dht', 'walk', '--json', '--tree', '--limit', '23', '--network', network, '--from', server.address]
  const { code, records } = await run(args)
  expect(code).toBe(0)
  const { key, lookups, peers } = only(records, 'lookup-tree')
  expect({ key, lookups }).toEqual({ key: undefined, lookups: 22 })
  const request = expect.objectContaining({ request: 'FIND_NODE', closer: 1 })
  const requests = Array.from({ length: 20 }, () => request)
  expect(peers).toEqual([{ peer: server.peerId, hops: 0, requests, dropped: 2 }])
  answers = 0
  const text = await run(args.filter((arg) => arg !== '--json'))
  expect(text.stdout).toMatch(/\n22 lookups: 1 of 1 peers asked\n└─ \w+ {2}FIND_NODE .* 2 more requests\n$/)
})

it('discover walk says when and by what', async () => {
  const { stdout } = await run(['discover', 'walk', '--limit', '4', ...flags])
  const lines = stdout.trimEnd().split('\n')
  for (const line of lines.slice(0, -1))
    expect(line).toMatch(/^[0-9T:.-]+Z {2}walk {2}\w+ {2}\/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
  expect(lines.at(-1)).toMatch(/^\d+ peers? asked, 4 found, 0 failed; [\d.]+ ms$/)
})
