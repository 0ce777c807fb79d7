import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { only, run, scratchFile, start } from '../support/cli.ts'
import {
  type AnswerKad,
  asking,
  closer,
  type KadServer,
  kadMessage,
  kadPeer,
  kadRecord,
  kadServer,
  network,
  stockServers,
} from '../support/dht.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort } from '../support/servers.ts'
import { freshSigner } from '../support/signed-record.ts'

const key = '/v/key'
const get = async (flags: string[], ...args: string[]) => run(['dht', 'get', '--json', ...flags, ...args, key])

/** A server that has the value. */
const honest = (value = 'value', ...more: Uint8Array[]) =>
  kadServer(({ type }) => kadMessage(type, kadRecord(key, value), ...more))
/** A server that names others. */
const naming = (...servers: KadServer[]) =>
  kadServer(({ type }) => kadMessage(type, ...servers.map((server) => closer(server))))

describe('a peer that lies', () => {
  it('about 10,000 peers is survived, and what is kept of it is bounded and said', async () => {
    const refused = await refusedPort()
    const signers = Array.from({ length: 10_000 }, () => freshSigner().peerId)
    const lies = signers.map((peer) => kadPeer(8, peer, `/ip4/127.0.0.1/tcp/${refused}`))
    const liar = await kadServer(({ type }) => kadMessage(type, ...lies))
    const good = await honest()
    const { code, records } = await get([...asking(liar.address, good.address), '--quorum', '2'])
    expect(code).toBe(0)
    expect(only(records, 'value')).toMatchObject({ text: 'value', from: good.peerId })
    const { queried, failed, problems } = only(records, 'summary')
    expect({ queried, failed }).toEqual({ queried: 42, failed: 40 })
    expect(problems).toEqual([expect.stringContaining(`${liar.peerId}: 9960 peers`)])
  })

  it('by naming itself, this node, nobody and nonsense is counted, and asked once', async () => {
    const self = { address: '', peerId: '' }
    const liar: KadServer = await kadServer(({ type }) =>
      kadMessage(
        type,
        kadPeer(8, self.peerId, self.address),
        kadPeer(8, self.peerId, self.address),
        Uint8Array.of(0x42, 4, 10, 2, 0xff, 0xff),
        Uint8Array.of(0x42, 0),
      ),
    )
    Object.assign(self, liar)
    const { code, records } = await get(asking(liar.address))
    expect(code).toBe(1)
    expect(liar.requests).toEqual(['GET_VALUE'])
    const { problems = [], ...summary } = only(records, 'summary')
    expect(summary).toMatchObject({ queried: 1, succeeded: 1, failed: 0, complete: true })
    expect(problems).toEqual([
      expect.stringContaining('not a peer ID'),
      expect.stringContaining('no peer ID'),
      expect.stringContaining('itself'),
      expect.stringContaining('itself'),
    ])
  })

  it('about where a good peer is does not hide it, when another tells the truth', async () => {
    const good = await honest()
    const truthful = await naming(good)
    const wrong = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const liar = await kadServer(({ type }) => kadMessage(type, closer(good, wrong), closer(truthful)))
    const { code, records } = await get(asking(liar.address))
    expect(code).toBe(0)
    expect(only(records, 'value').from).toBe(good.peerId)
    expect(only(records, 'summary')).toMatchObject({ queried: 3, succeeded: 3, failed: 0, hops: 1 })
  })

  it('about who somebody is is found out', async () => {
    const good = await honest()
    const liar = await kadServer(({ type }) => kadMessage(type, kadPeer(8, freshSigner().peerId, good.address)))
    const { code, records } = await get(asking(liar.address))
    expect(code).toBe(1)
    expect(good.requests).toEqual([])
    expect(only(records, 'summary')).toMatchObject({ queried: 2, failed: 1 })
  })

  it('by referrals in a circle asks each peer once', async () => {
    const servers: KadServer[] = []
    // by then, the list has them all: each names every other, and itself
    for (let index = 0; index < 4; index++) {
      servers.push(await kadServer(({ type }) => kadMessage(type, ...servers.map((server) => closer(server)))))
    }
    const { code, records } = await get(asking(servers[0]?.address ?? ''))
    expect(code).toBe(1)
    expect(only(records, 'summary')).toMatchObject({ queried: 4, succeeded: 4, complete: true })
  })
})

describe('a value', () => {
  it('of more than 1 MiB is refused, and said', async () => {
    const server = await honest('x'.repeat(1024 * 1024 + 1))
    const { code, records } = await get(asking(server.address))
    expect(code).toBe(1)
    expect(only(records, 'summary').problems).toEqual([expect.stringMatching(/record\.value: its 1048577 bytes/)])
  })

  it('of exactly 1 MiB is whole', async () => {
    const server = await honest('x'.repeat(1024 * 1024))
    const result = await run(['dht', 'get', ...asking(server.address), key])
    expect({ code: result.code, length: result.stdoutBytes.length }).toEqual({ code: 0, length: 1024 * 1024 })
  })

  it('of another key, and a public key of another peer, are passed over', async () => {
    const peer = await strangerId()
    const other = await kadServer(({ type }) => kadMessage(type, kadRecord('/v/other', 'value')))
    const { code, records } = await get(asking(other.address))
    expect(code).toBe(1)
    expect(only(records, 'summary').problems).toEqual([expect.stringContaining('another key')])

    const wrong = await kadServer(({ type, key: asked }) => {
      return kadMessage(type, kadRecord(asked ?? '', freshSigner().publicKey))
    })
    const got = await run(['dht', 'get', '--json', ...asking(wrong.address), peer])
    expect(got.code).toBe(1)
    expect(only(got.records, 'summary').problems).toEqual([expect.stringContaining('not valid')])
  })

  it('that most peers give wins over the first one', async () => {
    const [one, two] = [await honest('right'), await honest('right')]
    const liar = await honest('wrong', closer(one), closer(two))
    const { code, records } = await get([...asking(liar.address), '--quorum', '3'])
    expect(code).toBe(0)
    expect(only(records, 'value').text).toBe('right')
  })

  it('that as many peers gave as another is the first, and said to be', async () => {
    const last = await honest('last')
    const first = await honest('first', closer(last))
    const { code, records } = await get([...asking(first.address), '--quorum', '2'])
    expect(code).toBe(0)
    expect(only(records, 'value')).toMatchObject({ text: 'first', from: first.peerId })
    expect(only(records, 'summary').problems).toEqual([expect.stringContaining('as many peers gave another value')])
  })

  it('is written to a pipe as it is, and without escapes into a record', async () => {
    const server = await honest('\u{1b}[2J\u202e')
    const piped = await run(['dht', 'get', ...asking(server.address), key])
    expect(piped.stdout).toBe('\u{1b}[2J\u202e')
    const { records } = await get(asking(server.address))
    expect(only(records, 'value').text).toBe('\\u{1b}[2J\\u{202e}')
  })
})

describe('a server that breaks the protocol is exit 6', () => {
  const broken: Array<[string, AnswerKad]> = [
    ['another type', () => kadMessage('PING')],
    ['garbage', () => Buffer.from('0fffffffffffffffff', 'hex')],
    ['an empty message', () => new Uint8Array(0)],
    ['a length of 256 MiB', (_request, stream) => void stream.send(Buffer.from('8080808001', 'hex'))],
    ['a length without an end', (_request, stream) => void stream.send(Buffer.alloc(100, 0xff))],
    ['the end of the stream', (_request, stream) => void stream.close()],
    ['a reset', (_request, stream) => void stream.abort(new Error('no'))],
  ]
  it.each(broken)('by %s', async (_name, answer) => {
    const server = await kadServer(answer)
    const { code, records } = await get(asking(server.address))
    expect(code).toBe(6)
    expect(only(records, 'summary')).toMatchObject({ queried: 1, failed: 1 })
    expect(only(records, 'error').error).toMatchObject({ code: 'protocol', layer: 'protocol' })
  })
})

describe('silence', () => {
  it('leaves what was found until the deadline: exit 0, and incomplete', async () => {
    const silent = await kadServer(() => undefined)
    const good = await honest('value', closer(silent))
    const { code, records } = await get([...asking(good.address), '--quorum', '2', '--timeout', '1s'])
    expect(code).toBe(0)
    expect(only(records, 'value').text).toBe('value')
    expect(only(records, 'summary')).toMatchObject({ complete: false, succeeded: 1, failed: 0 })
  })

  it('of one peer costs five seconds at most', async () => {
    const silent = await kadServer(() => undefined)
    const good = await honest('value', closer(silent))
    const { code, records } = await get([...asking(good.address), '--quorum', '2'])
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ complete: true, succeeded: 1, failed: 1 })
  })

  it('leaves providers that were named until the deadline', async () => {
    const silent = await kadServer(() => undefined)
    const provider = await strangerId()
    const named = kadPeer(9, provider, '/ip4/127.0.0.1/tcp/1')
    const good = await kadServer(({ type }) => kadMessage(type, named, named, closer(silent)))
    const flags = [...asking(good.address), '--timeout', '1s']
    const { code, records } = await run(['dht', 'find-providers', '--json', ...flags, 'content'])
    expect(code).toBe(0)
    expect(only(records, 'provider').peer).toBe(provider)
    expect(only(records, 'summary').complete).toBe(false)
  })

  it('is ended by Ctrl-C', async () => {
    const silent = await kadServer(() => undefined)
    const running = start(['dht', 'get', '--json', '--inspect', 'routing', ...asking(silent.address), key])
    await running.until(() => running.stderr.includes('"asked"'))
    const { code, records } = await running.stop('SIGINT')
    expect(code).toBe(130)
    expect(only(records, 'summary')).toMatchObject({ queried: 1, succeeded: 0, complete: false })
  })
})

describe('put', () => {
  it('counts those alone that send the same value back', async () => {
    const liar = await kadServer(({ type }) => kadMessage(type, ...(type === 'PUT_VALUE' ? [kadRecord(key, 'x')] : [])))
    const mute = await kadServer(({ type }) => kadMessage(type))
    const good = await kadServer(({ type, record }) =>
      kadMessage(type, ...(type === 'PUT_VALUE' ? [kadRecord(key, record?.value ?? '')] : [])),
    )
    const flags = asking(liar.address, mute.address, good.address)
    const { code, records } = await run(['dht', 'put', '--json', ...flags, key, 'value'])
    expect(code).toBe(0)
    expect(only(records, 'stored')).toMatchObject({ acknowledged: 1, peers: [good.peerId] })
    expect(only(records, 'summary').problems).toHaveLength(2)
    const strict = await run(['dht', 'put', '--json', '--quorum', '2', ...flags, key, 'value'])
    expect(strict.code).toBe(1)
  })

  it('keeps time for storing when the closest peers are slow to be found', async () => {
    const silent = await kadServer(() => undefined)
    const good = await kadServer(({ type, record }) =>
      type === 'PUT_VALUE' ? kadMessage(type, kadRecord(key, record?.value ?? '')) : kadMessage(type, closer(silent)),
    )
    const flags = [...asking(good.address), '--timeout', '3s']
    const { code, records } = await run(['dht', 'put', '--json', ...flags, key, 'value'])
    expect(code).toBe(0)
    expect(only(records, 'stored').peers).toEqual([good.peerId])
    expect(only(records, 'summary').complete).toBe(false)
  })

  it('asks the server of --from for nothing else', async () => {
    const good = await kadServer(({ type, record }) => kadMessage(type, kadRecord(key, record?.value ?? '')))
    const flags = ['--network', network, '--from', good.address]
    expect((await run(['dht', 'put', '--json', ...flags, key, 'value'])).code).toBe(0)
    expect(good.requests).toEqual(['PUT_VALUE'])
  })

  it('provide counts those alone that name the provider', async () => {
    const liar = await kadServer(({ type }) => (type === 'ADD_PROVIDER' ? undefined : kadMessage(type)))
    const flags = [...asking(liar.address), '--announce', '/ip4/127.0.0.1/tcp/1']
    const { code, records } = await run(['dht', 'provide', '--json', ...flags, 'content'])
    expect(code).toBe(1)
    expect(liar.requests).toEqual(['FIND_NODE', 'ADD_PROVIDER', 'GET_PROVIDERS'])
    expect(only(records, 'stored').acknowledged).toBe(0)
  })

  it('provide believes no answer to ADD_PROVIDER, and reads the one behind it', async () => {
    const owner = await generateKeyPair('Ed25519')
    const peer = peerIdFromPrivateKey(owner).toString()
    const named = kadPeer(9, peer, '/ip4/127.0.0.1/tcp/1')
    const provide = async (type: 'ADD_PROVIDER' | 'GET_PROVIDERS') => {
      const server = await kadServer((request) => kadMessage(request.type, ...(request.type === type ? [named] : [])))
      const flags = ['--key', scratchFile(privateKeyToProtobuf(owner), 'key'), '--announce', '/ip4/127.0.0.1/tcp/1']
      return await run(['dht', 'provide', '--json', ...asking(server.address), ...flags, 'content'])
    }
    expect((await provide('GET_PROVIDERS')).code).toBe(0)
    expect((await provide('ADD_PROVIDER')).code).toBe(1)
  })
})

describe("libp2p's own kad-dht, without this toolkit", () => {
  it('gets what this puts, and the other way round; providers and peers too', async () => {
    const servers = await stockServers(3)
    const [first] = servers
    if (first === undefined) throw new Error('none')
    const flags = asking(first.address)
    expect((await run(['dht', 'put', '--json', ...flags, key, 'ours'])).code).toBe(0)
    for (const { dht } of servers) {
      const values: string[] = []
      for await (const event of dht.get(Buffer.from(key), { signal: AbortSignal.timeout(10_000) })) {
        if (event.name === 'VALUE') values.push(Buffer.from(event.value).toString())
      }
      expect(new Set(values)).toEqual(new Set(['ours']))
    }
    for await (const _ of first.dht.put(Buffer.from('/v/theirs'), Buffer.from('theirs')));
    const got = await run(['dht', 'get', '--json', ...flags, '/v/theirs'])
    expect(only(got.records, 'value').text).toBe('theirs')
    const third = servers[2] ?? first
    const found = await run(['dht', 'find-peer', '--json', ...flags, third.peer.peerId.toString()])
    expect(only(found.records, 'peer').addresses).toContain(third.address)
  })
})
