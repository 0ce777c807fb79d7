import { describe, expect, it } from 'vitest'
import { commonPrefixLength, distance, kadKey } from '../../src/lib/keys/kad-key.ts'
import { parsePeerId } from '../../src/lib/keys/peer-id.ts'
import { only, run, start } from '../support/cli.ts'
import { asking, closer, dhtListeners, kadMessage, kadPeer, kadRecord, kadServer, network } from '../support/dht.ts'
import { forgedIpns, ipnsBytes, ipnsSigner } from '../support/ipns.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort } from '../support/servers.ts'

const key = '/v/key'
const holders = async (flags: string[], ...args: string[]) => {
  const { code, records } = await run(['dht', 'holders', '--json', ...flags, ...args])
  const byPeer = new Map(records.flatMap((record) => (record.type === 'holder' ? [[record.peer, record]] : [])))
  return { code, records, byPeer }
}
/** A server that has a value, and nobody else to name. */
const having = (record: Uint8Array, about: Uint8Array | string = key) =>
  kadServer(({ type }) => kadMessage(type, ...(type === 'GET_VALUE' ? [kadRecord(about, record)] : [])))

describe('dht holders', () => {
  it('asks each listener of a DHT by itself, the closest first', async () => {
    const servers = await dhtListeners(3)
    const flags = asking(servers[0]?.tcp ?? '')
    const [, second, third] = servers
    const put = async (about: string[], value: string) => run(['dht', 'put', ...about, key, value])
    expect((await put(flags, 'value')).code).toBe(0)
    expect((await put(['--network', network, '--from', third?.tcp ?? ''], 'other')).code).toBe(0)
    const { code, records, byPeer } = await holders(flags, key)
    expect(code).toBe(0)
    const place = kadKey(Buffer.from(key))
    const expected = servers
      .map(({ peerId }) => ({ peerId, apart: distance(place, kadKey(parsePeerId(peerId).multihash)) }))
      .toSorted((a, b) => Buffer.compare(a.apart, b.apart))
      .map(({ peerId, apart }) => ({
        type: 'holder',
        peer: peerId,
        distance: Buffer.from(apart).toString('hex'),
        cpl: commonPrefixLength(apart),
        has: true,
        ...(peerId === third?.peerId
          ? { value: 'b3RoZXI=', text: 'other', status: 'conflict', reason: '2 gave another value, 1 this one' }
          : { value: 'dmFsdWU=', text: 'value', status: 'unchecked' }),
      }))
    expect(records.slice(0, -1)).toEqual(expected)
    expect(only(records, 'summary')).toMatchObject({ queried: 3, succeeded: 3, failed: 0, complete: true })
    expect(byPeer.size).toBe(3)

    const text = await run(['dht', 'holders', ...flags, key])
    expect(text.stdout.split('\n')).toHaveLength(5)
    expect(text.stdout).toMatch(/^status +cpl +peer +value\n/)
    expect(text.stdout).toMatch(new RegExp(`\nunchecked +\\d+ +${second?.peerId} +value\n`))

    const alone = await holders(['--network', network, '--from', third?.tcp ?? ''], key)
    expect(alone.code).toBe(0)
    expect(only(alone.records, 'holder')).toMatchObject({ peer: third?.peerId, text: 'other', status: 'unchecked' })
    const nothing = await holders(flags, '/v/nothing')
    expect(nothing.code).toBe(1)
    expect([...nothing.byPeer.values()].map(({ status, has }) => [status, has])).toEqual(
      Array.from({ length: 3 }, () => ['missing', false]),
    )
  })

  it('tells new, old, forged and no records of a name apart', async () => {
    const signer = await ipnsSigner()
    const give = async (record: Uint8Array) => having(record, signer.routingKey)
    const [newest, old] = [
      await give(await ipnsBytes(signer, { sequence: 2n })),
      await give(await ipnsBytes(signer, { sequence: 1n })),
    ]
    const forged = await give(await forgedIpns(signer, { sequence: 3n }))
    const expired = await give(await ipnsBytes(signer, { sequence: 4n, expires: '1999-01-01T00:00:00.000000000Z' }))
    const large = await give(new Uint8Array(20 * 1024))
    const strange = await kadServer(({ type }) => kadMessage(type, kadRecord('/ipns/other', 'value')))
    const empty = await kadServer(({ type }) => kadMessage(type))
    const servers = [newest, old, forged, expired, large, strange, empty]
    const { code, byPeer } = await holders(asking(...servers.map(({ address }) => address)), signer.key)
    expect(code).toBe(0)
    const told = servers.map(({ peerId }) => {
      const { status, sequence, has, reason } = byPeer.get(peerId) ?? {}
      return [status, sequence, has, reason]
    })
    expect(told).toEqual([
      ['valid', '2', true, undefined],
      ['stale', '1', true, 'the best has sequence 2'],
      ['invalid', undefined, true, expect.stringContaining('signature')],
      ['invalid', undefined, true, 'the record expired at 1999-01-01T00:00:00.000Z'],
      ['invalid', undefined, true, expect.stringContaining('20480 bytes')],
      ['invalid', undefined, false, 'it gave the value of another key'],
      ['missing', undefined, false, undefined],
    ])
    const flags = [...asking(forged.address), '--validator', 'ipns=none']
    const taken = await holders(flags, signer.key)
    expect(only(taken.records, 'holder').status).toBe('unchecked')
    const refused = await holders(asking(forged.address), signer.key)
    expect(refused.code).toBe(1)
  })

  it('says who failed and why, also of peers that were only named', async () => {
    const broken = await kadServer(({ type }, stream) =>
      type === 'GET_VALUE' ? void stream.abort(new Error('no')) : kadMessage(type),
    )
    const silent = await kadServer(({ type }) => (type === 'GET_VALUE' ? undefined : kadMessage(type)))
    const gone = await strangerId()
    const named = kadPeer(8, gone, `/ip4/127.0.0.1/tcp/${await refusedPort()}`)
    const good = await kadServer(({ type }) => kadMessage(type, kadRecord(key, 'value'), named))
    const flags = asking(broken.address, silent.address, good.address)
    const { code, byPeer, records } = await holders(flags, key)
    expect(code).toBe(0)
    expect(byPeer.get(good.peerId)).toMatchObject({ status: 'unchecked', text: 'value' })
    for (const [peer, reason] of [
      [broken.peerId, 'was broken'],
      [silent.peerId, 'no answer within 5 s'],
      [gone, 'ECONNREFUSED'],
    ] as const) {
      expect(byPeer.get(peer)).toMatchObject({ status: 'failed', reason: expect.stringContaining(reason) })
      expect(byPeer.get(peer)).not.toHaveProperty('has')
    }
    expect(only(records, 'summary')).toMatchObject({ queried: 4, succeeded: 1, failed: 3, complete: true })
  })

  it('tells a peer once that failed at the addresses that several told', async () => {
    const gone = await strangerId()
    const named = async () => kadPeer(8, gone, `/ip4/127.0.0.1/tcp/${await refusedPort()}`)
    const [here, there] = [await named(), await named()]
    const second = await kadServer(({ type }) => kadMessage(type, kadRecord(key, 'value'), there))
    const first = await kadServer(({ type }) => kadMessage(type, kadRecord(key, 'value'), here, closer(second)))
    const { records, byPeer } = await holders(asking(first.address), key)
    expect(byPeer.get(gone)).toMatchObject({ status: 'failed' })
    expect(records.map(({ type }) => type)).toEqual(['holder', 'holder', 'holder', 'summary'])
    expect(only(records, 'summary')).toMatchObject({ queried: 3, succeeded: 2, failed: 1 })
  })

  it('tells a peer once that serves another protocol, and is known by an address alone and by its ID', async () => {
    const deaf = await kadServer(() => undefined, '/other/kad/1.0.0')
    const good = await kadServer(({ type }) => kadMessage(type, kadRecord(key, 'value'), closer(deaf)))
    const bare = deaf.address.replace(/\/p2p\/.*/, '')
    const { records, byPeer } = await holders(asking(bare, good.address), key)
    const place = kadKey(Buffer.from(key))
    const cpl = commonPrefixLength(distance(place, kadKey(parsePeerId(deaf.peerId).multihash)))
    expect(byPeer.get(deaf.peerId)).toMatchObject({ status: 'failed', cpl })
    expect(records.map(({ type }) => type)).toEqual(['holder', 'holder', 'summary'])
    expect(only(records, 'summary')).toMatchObject({ queried: 2, succeeded: 1, failed: 1 })
  })

  it('exits 1 where values are in conflict', async () => {
    const [one, two] = [await having(Buffer.from('one')), await having(Buffer.from('two'))]
    const { code, records } = await holders(asking(one.address, two.address), key)
    expect(code).toBe(1)
    expect(only(records, 'error').error.message).toContain('conflict')
  })

  it('prints hostile values without their escapes', async () => {
    const { address } = await having(Buffer.from('\u{1b}[2J\n\u202e'))
    const { stdout } = await run(['dht', 'holders', ...asking(address), key])
    expect(stdout).toContain('\\u{1b}[2J\\u{a}\\u{202e}')
  })

  it('exits 2 for what is no key, 4 without peers, and 130 by Ctrl-C', async () => {
    expect((await holders(['--from', '/ip4/127.0.0.1/tcp/1'], 'word')).code).toBe(2)
    expect((await holders(['--from', '/ip4/127.0.0.1/tcp/1', '--validator', 'v=ipns'], key)).code).toBe(2)
    expect((await holders([], key)).code).toBe(4)
    const gone = await holders(asking(`/ip4/127.0.0.1/tcp/${await refusedPort()}`), key)
    expect(gone.code).toBe(4)
    const silent = await kadServer(() => undefined)
    const running = start(['dht', 'holders', '--json', '--inspect', 'routing', ...asking(silent.address), key])
    await running.until(() => running.stderr.includes('"asked"'))
    expect((await running.stop('SIGINT')).code).toBe(130)
  })
})
