import { beforeAll, describe, expect, it } from 'vitest'
import { formatPeerIdCid, parsePeerId } from '../../src/lib/keys/peer-id.ts'
import { bootstrapLists } from '../support/bootstrap-list.ts'
import { only, run, start } from '../support/cli.ts'
import { asking, closer, dhtListeners, kadMessage, kadPeer, kadServer, network } from '../support/dht.ts'
import type { Listener } from '../support/listener.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort } from '../support/servers.ts'
import { nameOf, readTrace } from '../support/trace.ts'

const quickly = ['--timeout', '1s']

describe('a bare peer ID is looked up, and dialled', () => {
  let flags: string[]
  let first: Listener
  let second: Listener
  let third: Listener
  beforeAll(async () => {
    const [one, two, three] = await dhtListeners(3)
    first = one ?? expect.unreachable()
    second = two ?? expect.unreachable()
    third = three ?? expect.unreachable()
    flags = asking(first.tcp)
  })

  it.each([
    ['dial', [], 'dialed'],
    ['identify', [], 'identity'],
    ['ping', ['-c', '1'], 'pong'],
    ['scan', ['--security', 'noise', '--muxer', 'yamux'], 'scanned'],
    ['dht ping', [], 'pong'],
  ])('by %s', async (command, more, type) => {
    const { code, records } = await run([...command.split(' '), '--json', ...flags, ...more, second.peerId])
    expect(code).toBe(0)
    expect(records.find((record) => record.type === type)).toMatchObject({ peer: second.peerId })
  })

  it('in any of its encodings, and from a saved list', async () => {
    const lists = bootstrapLists()
    lists.write('mine', `${first.tcp}\n`)
    const cid = formatPeerIdCid(parsePeerId(third.peerId), 'base36')
    for (const text of [cid, `/p2p/${third.peerId}`, `/p2p/${cid}`]) {
      const { code, records } = await lists.run('dial', '--json', '--network', network, '--list', 'mine', text)
      expect(code).toBe(0)
      expect(only(records, 'dialed')).toMatchObject({ peer: third.peerId, address: third.tcp })
    }
    const queried = await lists.run('dht', 'find-peer', '--network', network, '--list', 'mine', third.peerId)
    expect(queried).toMatchObject({ code: 0, stdout: `${third.tcp}\n` })
  })

  it('that is a peer to begin with itself', async () => {
    const { code, records } = await run(['dial', '--json', ...flags, first.peerId])
    expect(code).toBe(0)
    expect(only(records, 'dialed').address).toBe(first.tcp)
  })

  it('that nobody knows is 4, and says who was asked', async () => {
    const stranger = await strangerId()
    for (const command of ['dial', 'ping', 'identify', 'scan', 'dht ping']) {
      const { code, records } = await run([...command.split(' '), '--json', ...flags, stranger])
      expect(code).toBe(4)
      expect(only(records, 'error').error).toMatchObject({
        code: 'unreachable',
        layer: 'routing',
        peer: stranger,
        message: `no address known for ${stranger}: not in the DHT of ${network}, asked 3 peers`,
      })
    }
  })

  it('beside other targets fails or succeeds for itself', async () => {
    const stranger = await strangerId()
    const { code, records } = await run(['dial', '--json', ...flags, stranger, second.peerId, third.tcp])
    expect(code).toBe(4)
    const dialed = records.flatMap((record) => (record.type === 'dialed' ? [[record.target, record.address]] : []))
    expect(dialed.toSorted()).toEqual(
      [
        [`/p2p/${second.peerId}`, second.tcp],
        [third.tcp, third.tcp],
      ].toSorted(),
    )
    expect(only(records, 'error')).toMatchObject({ input: `/p2p/${stranger}`, index: 1, error: { peer: stranger } })
  })

  it('has a record of its own with --each', async () => {
    const stranger = await strangerId()
    const { code, records } = await run(['dial', '--each', '--json', ...flags, stranger, second.peerId])
    expect(code).toBe(4)
    const attempts = records.flatMap((record) => (record.type === 'attempt' ? [record] : []))
    const of = (id: string) => attempts.filter(({ target }) => target === `/p2p/${id}`)
    expect(of(second.peerId)).toMatchObject([{ address: second.tcp, ok: true, peer: second.peerId }])
    expect(of(stranger)).toMatchObject([{ address: `/p2p/${stranger}`, tried: false, ok: false, code: 'unreachable' }])
    expect(only(records, 'summary')).toEqual({ type: 'summary', tried: 1, succeeded: 1, failed: 0, notTried: 1 })
    const one = await run(['dial', '--each', '--json', ...flags, second.peerId])
    expect(one.code).toBe(0)
    expect(only(one.records, 'attempt').address).toBe(second.tcp)
  })

  it('is not looked up where an address of it is given', async () => {
    const { code, records } = await run(['dial', '--json', '--network', network, second.peerId, second.tcp])
    expect(code).toBe(0)
    expect(only(records, 'dialed').address).toBe(second.tcp)
  })

  it('is that of the server to ask alone, with --from', async () => {
    const args = ['--from', second.peerId, first.peerId]
    const { code, records } = await run(['dht', 'find-peer', '--json', ...flags, ...args])
    expect(code).toBe(0)
    expect(only(records, 'peer').addresses).toContain(first.tcp)
    expect(only(records, 'summary')).toMatchObject({ queried: 1, succeeded: 1 })
    const unknown = await run(['dht', 'get', '--json', ...flags, '--from', await strangerId(), '/v/key'])
    expect(unknown.code).toBe(4)
    expect(only(unknown.records, 'error').error.message).toMatch(/no address known for .*asked 3 peers/)
  })

  it('shows with --inspect address what was found, and what was not', async () => {
    const args = ['--json', '--inspect', 'address', ...flags]
    const about = async (id: string) =>
      readTrace((await run(['dial', ...args, id])).stderr).find(({ detail }) => detail.name === `/p2p/${id}`)
    const found = await about(second.peerId)
    expect(found && nameOf(found)).toBe('address name-resolved')
    expect(found?.detail).toEqual({ name: `/p2p/${second.peerId}`, found: [second.tcp], elapsedMs: expect.any(Number) })
    const failed = await about(await strangerId())
    expect(failed && nameOf(failed)).toBe('address name-failed')
    expect(failed?.detail).toMatchObject({ code: 'unreachable', message: expect.stringContaining('not in the DHT') })
  })
})

describe('nobody to ask for a peer ID', () => {
  it.each([
    [['--network', network], 4, 'no DHT peers: pass --bootstrap or --list'],
    [['--network', 'lan'], 4, 'no DHT peers: pass --bootstrap or --list'],
    [[], 4, 'no peers to ask: the bootstrap list default is empty'],
    [['--network', network, '--list', 'none'], 7, 'there is no bootstrap list none'],
  ])('with %j is %i', async (flags, exitCode, message) => {
    const rsa = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
    for (const command of ['dial', 'ping', 'identify', 'scan', 'dht ping']) {
      const { code, records } = await run([...command.split(' '), '--json', ...flags, rsa])
      expect(code).toBe(exitCode)
      expect(only(records, 'error').error.message).toBe(message)
    }
  })
})

describe('the DHT that is asked for a peer ID', () => {
  it('is unreachable, or none', async () => {
    const stranger = await strangerId()
    const refused = await run(['dial', '--json', ...asking(`/ip4/127.0.0.1/tcp/${await refusedPort()}`), stranger])
    expect(refused.code).toBe(4)
    expect(only(refused.records, 'error').error.message).toContain(
      `${stranger} cannot be looked up: no DHT peer answered`,
    )
    const server = await kadServer(({ type }) => kadMessage(type))
    const other = await run(['dial', '--json', '--network', '/other', '--bootstrap', server.address, stranger])
    expect(other.code).toBe(6)
  })

  it('is silent: 3 at the deadline, and 130 on Ctrl-C', async () => {
    const silent = await kadServer(() => undefined)
    const args = ['--json', ...asking(silent.address), await strangerId()]
    const { code, records } = await run(['ping', ...quickly, ...args])
    expect(code).toBe(3)
    expect(only(records, 'error').error.code).toBe('timeout')
    const running = start(['ping', '--inspect', 'routing', ...args])
    await running.until(() => running.stderr.includes('"asked"'))
    expect((await running.stop('SIGINT')).code).toBe(130)
  })

  it('lies about where the peer is: each address fails with its cause', async () => {
    const stranger = await strangerId()
    const dead = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const liar = await kadServer(({ type }) => kadMessage(type, kadPeer(8, stranger, dead)))
    const gone = await run(['dial', '--json', ...asking(liar.address), stranger])
    expect(gone.code).toBe(4)
    expect(only(gone.records, 'error').error.addresses).toMatchObject([
      { address: `${dead}/p2p/${stranger}`, tried: true, code: 'unreachable' },
    ])
    const other = await kadServer(({ type }) => kadMessage(type))
    const thief = await kadServer(({ type }) => kadMessage(type, closer({ ...other, peerId: stranger })))
    const stolen = await run(['dial', '--json', ...asking(thief.address), stranger])
    expect(stolen.code).toBe(5)
  })
})
