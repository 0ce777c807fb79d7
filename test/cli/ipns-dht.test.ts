import { beforeAll, describe, expect, it } from 'vitest'
import { only, type RunOptions, run, start } from '../support/cli.ts'
import { asking, closer, dhtListeners, kadMessage, kadRecord, kadServer, network } from '../support/dht.ts'
import { forgedIpns, type IpnsSigner, ipnsBytes, ipnsSigner } from '../support/ipns.ts'
import type { Listener } from '../support/listener.ts'

const expires = '1999-01-01T00:00:00.000000000Z'
const p2p = async (command: string, args: string[], options?: RunOptions) =>
  run([...command.split(' '), '--json', ...args], options)
const fromServer = (address: string) => ['--network', network, '--from', address]

describe('IPNS through a DHT of three listeners', () => {
  let servers: Listener[]
  let flags: string[]
  let signer: IpnsSigner
  beforeAll(async () => {
    servers = await dhtListeners(3)
    flags = asking(servers[0]?.tcp ?? '')
    signer = await ipnsSigner()
  })
  const peerIds = () => servers.map(({ peerId }) => peerId).toSorted()
  const publish = async (about: string[], value: string, ...args: string[]) =>
    p2p('ipns publish', [...about, '--key', signer.file, value, ...args])

  it('publishes a record, and each further one with the next sequence', async () => {
    for (const sequence of ['0', '1', '2']) {
      const { code, records } = await publish(flags, `/ipfs/bafkqaaa/${sequence}`)
      expect(code).toBe(0)
      expect(records.map(({ type }) => type)).toEqual(['ipns', 'stored', 'summary'])
      expect(only(records, 'ipns')).toMatchObject({ name: signer.name, sequence, signature: 'valid', expired: false })
      const { peers, ...stored } = only(records, 'stored')
      expect(stored).toEqual({ type: 'stored', key: signer.key, acknowledged: 3 })
      expect(peers.toSorted()).toEqual(peerIds())
      expect(only(records, 'summary')).toMatchObject({ queried: 3, succeeded: 3, complete: true })
    }
    const resolved = await run(['ipns', 'resolve', ...flags, `/ipns/${signer.name}`])
    expect(resolved).toMatchObject({ code: 0, stdout: '/ipfs/bafkqaaa/2\n' })
  })

  it('resolves any form of the name, and says from whom', async () => {
    await publish(flags, 'bafkqaaa', '--sequence', '10', '--ttl', '1m')
    for (const name of [signer.name, signer.peerId, signer.key]) {
      const { code, records } = await p2p('ipns resolve', [...flags, name])
      expect(code).toBe(0)
      const { from, validity, ...record } = only(records, 'ipns')
      expect(record).toEqual({
        type: 'ipns',
        name: signer.name,
        value: '/ipfs/bafkqaaa',
        sequence: '10',
        ttlMs: 60_000,
        expired: false,
        signature: 'valid',
      })
      expect(peerIds()).toContain(from)
    }
    const quick = await p2p('ipns resolve', [...flags, '--quorum', '1', signer.name])
    expect(only(quick.records, 'summary')).toMatchObject({ complete: true })
  })

  it('prefers the newest record when servers differ, also to publish', async () => {
    const own = await ipnsSigner()
    const [one, two] = servers.map(({ tcp }) => fromServer(tcp))
    for (const [about = [], sequence] of [
      [one, '5'],
      [two, '7'],
    ] as const) {
      const args = [...about, '--key', own.file, '--sequence', sequence, `/ipfs/bafkqaaa/${sequence}`]
      expect((await p2p('ipns publish', args)).code).toBe(0)
    }
    const resolved = await p2p('ipns resolve', [...flags, own.name])
    expect(only(resolved.records, 'ipns')).toMatchObject({ sequence: '7', from: servers[1]?.peerId })
    const got = await p2p('dht get', [...flags, own.key])
    expect(only(got.records, 'value')).toMatchObject({ validated: true, from: servers[1]?.peerId })
    const published = await p2p('ipns publish', [...flags, '--key', own.file, 'bafkqaaa'])
    expect(only(published.records, 'ipns').sequence).toBe('8')
  })

  it('refuses a record that is older than the one it has, and says so: exit 1', async () => {
    const own = await ipnsSigner()
    const { tcp = '', peerId = '' } = servers[2] ?? {}
    const put = async (record: Uint8Array, about = fromServer(tcp)) =>
      p2p('dht put', [...about, own.key, '-'], { input: record })
    expect((await put(await ipnsBytes(own, { sequence: 2n }))).code).toBe(0)
    const { code, records } = await put(await ipnsBytes(own, { sequence: 1n }))
    expect(code).toBe(1)
    expect(only(records, 'stored')).toMatchObject({ acknowledged: 0, refused: [peerId] })
    expect(only(records, 'error').error).toMatchObject({ code: 'negative', message: 'it refused the value' })
    const held = await p2p('ipns resolve', [...fromServer(tcp), own.name])
    expect(only(held.records, 'ipns').sequence).toBe('2')
    const all = await put(await ipnsBytes(own, { sequence: 1n }), flags)
    expect(all.code).toBe(0)
    expect(only(all.records, 'stored')).toMatchObject({ acknowledged: 2, refused: [peerId] })
  })

  it('refuses what is not valid, also where this side does not look', async () => {
    const own = await ipnsSigner()
    for (const record of [await forgedIpns(own), await ipnsBytes(signer), await ipnsBytes(own, { expires })]) {
      const here = await p2p('dht put', [...flags, own.key, '-'], { input: record })
      expect(here.code).toBe(2)
      expect(only(here.records, 'error').error.message).toContain(`not a value of ${own.key}`)
      const there = await p2p('dht put', [...flags, '--validator', 'ipns=none', own.key, '-'], { input: record })
      expect(there.code).toBe(1)
      expect(only(there.records, 'stored').refused?.toSorted()).toEqual(peerIds())
    }
  })

  it('counts and names who refused a value of another namespace', async () => {
    const { code, records } = await p2p('dht put', [...flags, '/w/key', 'value'])
    expect(code).toBe(1)
    expect(only(records, 'stored').refused?.toSorted()).toEqual(peerIds())
    const { error } = only(records, 'error')
    expect(error.message).toBe('0 of the 1 peers that were asked for stored it, 3 refused it')
    expect(error.suggestions).toEqual([expect.stringContaining('validator')])
    const text = await run(['dht', 'put', ...flags, '/w/key', 'value'])
    expect(text.stdout).toContain('/w/key was refused by 3 peers\n')
  })

  it('has no record of a name that nobody published: exit 1', async () => {
    const { name, key } = await ipnsSigner()
    const { code, records } = await p2p('ipns resolve', [...flags, name])
    expect(code).toBe(1)
    expect(only(records, 'error').error).toMatchObject({
      code: 'negative',
      message: `nobody gave a value of ${key}`,
    })
  })
})

describe('bad input', () => {
  const nobody = ['--from', '/ip4/127.0.0.1/tcp/1']
  it.each([
    ['resolve', [...nobody, 'example.com'], 2],
    ['resolve', [...nobody, '/ipfs/bafkqaaa'], 2],
    ['resolve', [...nobody], 2],
    ['publish', [...nobody, 'bafkqaaa'], 2],
    ['publish', [...nobody, '--key', '/nowhere/key', 'word'], 2],
    ['publish', [...nobody, '--key', '/nowhere/key', 'bafkqaaa'], 7],
  ])('%s %j exits %s', async (command, args, exitCode) => {
    const { code, records } = await p2p(`ipns ${command}`, args)
    expect(code).toBe(exitCode)
    expect(records.map(({ type }) => type)).toEqual(['error'])
  })

  it('without peers exits 4', async () => {
    const { file, name } = await ipnsSigner()
    expect((await p2p('ipns resolve', [name])).code).toBe(4)
    expect((await p2p('ipns publish', ['--key', file, 'bafkqaaa'])).code).toBe(4)
  })
})

describe('a server that lies about a name', () => {
  const giving = (signer: IpnsSigner, record: Uint8Array, ...more: Uint8Array[]) =>
    kadServer(({ type }) => kadMessage(type, kadRecord(signer.routingKey, record), ...more))

  it.each([
    ['a forged record', async (signer: IpnsSigner) => forgedIpns(signer, { sequence: 9n }), 'signature'],
    ["another name's", async () => ipnsBytes(await ipnsSigner(), { sequence: 9n }), 'signature'],
    ['an expired one', async (signer: IpnsSigner) => ipnsBytes(signer, { sequence: 9n, expires }), 'expired'],
    ['one of 20 KiB', async () => new Uint8Array(20 * 1024), '20480 bytes'],
    ['garbage', async () => Buffer.from('garbage'), ''],
  ])('by %s does not hide the good one, and is told', async (_name, record, reason) => {
    const signer = await ipnsSigner()
    const good = await giving(signer, await ipnsBytes(signer, { sequence: 3n }))
    const liar = await giving(signer, await record(signer), closer(good))
    const { code, records } = await p2p('ipns resolve', [...asking(liar.address), signer.name])
    expect(code).toBe(0)
    expect(only(records, 'ipns')).toMatchObject({ sequence: '3', from: good.peerId })
    const problem = new RegExp(`^${liar.peerId}: its value is not valid: .*${reason}`)
    expect(only(records, 'summary').problems).toEqual([expect.stringMatching(problem)])

    const alone = await p2p('ipns resolve', [...fromServer(liar.address), signer.name])
    expect(alone.code).toBe(1)
    expect(only(alone.records, 'error').error.message).toContain('nobody gave a valid value')
  })

  it('by the newest of its expired records does not make publish fall behind it', async () => {
    const signer = await ipnsSigner()
    const server = await kadServer(({ type, record }) =>
      kadMessage(type, kadRecord(signer.routingKey, type === 'PUT_VALUE' ? (record?.value ?? '') : old)),
    )
    const old = await ipnsBytes(signer, { sequence: 41n, expires })
    const { code, records } = await p2p('ipns publish', [...asking(server.address), '--key', signer.file, 'bafkqaaa'])
    expect(code).toBe(0)
    expect(only(records, 'ipns').sequence).toBe('42')
  })

  it('by a record of the last sequence leaves nothing to publish but by --sequence: exit 1', async () => {
    const signer = await ipnsSigner()
    const server = await giving(signer, await ipnsBytes(signer, { sequence: 2n ** 64n - 1n }))
    const args = [...fromServer(server.address), '--key', signer.file, 'bafkqaaa']
    const { code, records } = await p2p('ipns publish', args)
    expect(code).toBe(1)
    expect(server.requests).toEqual(['GET_VALUE'])
    expect(only(records, 'error').error.message).toContain('last sequence')
  })

  it('by an older record with more voices does not win, unless nobody has a newer one', async () => {
    const signer = await ipnsSigner()
    const old = await ipnsBytes(signer, { sequence: 1n })
    const newest = await giving(signer, await ipnsBytes(signer, { sequence: 2n }))
    const [one, two] = [await giving(signer, old), await giving(signer, old, closer(newest))]
    const found = await p2p('dht get', [...asking(one.address, two.address), signer.key])
    expect(only(found.records, 'value').from).toBe(newest.peerId)
    const unchecked = await p2p('dht get', [
      ...asking(one.address, two.address),
      ...['--quorum', '3', '--validator', 'ipns=none'],
      signer.key,
    ])
    expect(only(unchecked.records, 'value')).toMatchObject({
      value: Buffer.from(old).toString('base64'),
      validated: false,
    })
  })
})

describe('a silent server', () => {
  it('keeps publish from guessing a sequence: exit 3', async () => {
    const { file } = await ipnsSigner()
    const silent = await kadServer(() => undefined)
    const empty = await kadServer(({ type }) => kadMessage(type, closer(silent)))
    const args = [...asking(empty.address), '--timeout', '2s', '--key', file, 'bafkqaaa']
    const { code, records } = await p2p('ipns publish', args)
    expect(code).toBe(3)
    expect(empty.requests).toEqual(['GET_VALUE'])
    expect(only(records, 'error').error.suggestions.join()).toContain('--sequence')
  })

  it('stores nothing by --sequence, and is not answered by advice to give one', async () => {
    const { file } = await ipnsSigner()
    const silent = await kadServer(() => undefined)
    const args = [...asking(silent.address), '--timeout', '1s', '--key', file, '--sequence', '9', 'bafkqaaa']
    const { code, records } = await p2p('ipns publish', args)
    expect(code).toBe(3)
    expect(silent.requests).toEqual(['FIND_NODE'])
    expect(only(records, 'error').error).toMatchObject({
      message: expect.stringMatching(/^no DHT peer answered before the deadline: nothing has come from /),
      suggestions: [],
    })
  })

  it('is given up by Ctrl-C', async () => {
    const { name } = await ipnsSigner()
    const silent = await kadServer(() => undefined)
    const running = start(['ipns', 'resolve', '--json', '--inspect', 'routing', ...asking(silent.address), name])
    await running.until(() => running.stderr.includes('"asked"'))
    expect((await running.stop('SIGINT')).code).toBe(130)
  })
})
