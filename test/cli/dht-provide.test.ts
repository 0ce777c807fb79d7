import { beforeAll, describe, expect, it } from 'vitest'
import { contentKey } from '../../src/lib/keys/dht-key.ts'
import { only, run, start } from '../support/cli.ts'
import { asking, dhtListeners, kadMessage, kadServer, network } from '../support/dht.ts'
import { tcpServer } from '../support/servers.ts'

const loopback = ['--listen', '/ip4/127.0.0.1/tcp/0']

describe('dht provide --listen', () => {
  let flags: string[]
  beforeAll(async () => {
    const [first] = await dhtListeners(3)
    flags = asking(first?.tcp ?? '')
  })
  const provide = (...args: string[]) => start(['dht', 'provide', '--json', ...flags, ...args])

  it.each(['SIGINT', 'SIGTERM'] as const)('is found and answers until %s, exit 0', async (signal) => {
    const content = `content until ${signal}`
    const providing = provide(...loopback, content)
    const { peerId, addresses } = await providing.record('listening')
    expect(await providing.record('stored')).toMatchObject({ key: contentKey(content).text, acknowledged: 3 })
    await providing.record('summary')
    const found = await run(['dht', 'find-providers', '--json', ...flags, content])
    expect(only(found.records, 'provider')).toEqual({ type: 'provider', peer: peerId, addresses })
    const [address = ''] = addresses
    expect((await run(['ping', '-c', '1', address])).code).toBe(0)
    const identity = await run(['identify', '--json', address])
    expect(only(identity.records, 'identity').protocols).toContain(network)
    expect((await run(['dht', 'ping', '--network', network, address])).code).toBe(0)
    const asked = await run(['dht', 'find-peer', '--json', '--network', network, '--from', address, peerId])
    expect(only(asked.records, 'peer')).toMatchObject({ peer: peerId, addresses })
    const { code, records } = await providing.stop(signal)
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual(['listening', 'stored', 'summary'])
  })

  it('is found by its peer ID alone', async () => {
    const providing = provide(...loopback, 'content of a peer')
    const { peerId, addresses } = await providing.record('listening')
    await providing.record('summary')
    const { code, records } = await run(['dial', '--json', ...flags, peerId])
    expect(code).toBe(0)
    expect(addresses).toContain(only(records, 'dialed').address)
  })

  it('ends with --for, exit 0, and prints its addresses first', async () => {
    const { code, stdout, stderr } = await run(['dht', 'provide', ...flags, ...loopback, '--for', '10ms', 'some text'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3Koo\w+\nbaf\w+ is stored by 3 peers\n/)
    expect(stderr).toMatch(/^the key is baf\w+\n\d+ asked, /)
  })

  it('joins the server of --from, where it stays', async () => {
    const [server] = await dhtListeners(1)
    const { tcp } = server ?? expect.unreachable()
    const args = ['--json', '--network', network, '--from', tcp, ...loopback, 'content']
    const { peerId } = await start(['dht', 'provide', ...args]).record('listening')
    const opened = () =>
      server?.records.filter((record) => record.type === 'connection-opened' && record.peer === peerId)
    // the first is that of the query, which closes it
    await server?.running.until(() => opened()?.length === 2)
  })

  it('announces other addresses than it listens on', async () => {
    const announce = ['--announce', '/ip4/192.0.2.1/tcp/4001']
    const { code, records } = await provide(...loopback, ...announce, '--for', '10ms', 'content elsewhere').exited
    expect(code).toBe(0)
    const { peerId } = only(records, 'listening')
    const found = await run(['dht', 'find-providers', '--json', ...flags, 'content elsewhere'])
    const [address, ...more] = only(found.records, 'provider').addresses.filter((text) => text.includes('192.0.2.1'))
    expect([address, more]).toEqual([`/ip4/192.0.2.1/tcp/4001/p2p/${peerId}`, []])
  })
})

describe('dht provide --listen that cannot be', () => {
  it('is 7 for a port in use, and asks nobody', async () => {
    const taken = await tcpServer()
    const server = await kadServer(({ type }) => kadMessage(type))
    const flags = [...asking(server.address), '--listen', taken.address]
    const { code, records } = await run(['dht', 'provide', '--json', ...flags, 'text'])
    expect(code).toBe(7)
    expect(only(records, 'error').error).toMatchObject({ code: 'local', layer: 'transport' })
    expect(server.requests).toEqual([])
  })

  it('ends with 1 where nobody stored it', async () => {
    const liar = await kadServer(({ type }) => (type === 'ADD_PROVIDER' ? undefined : kadMessage(type)))
    const { code, records } = await run(['dht', 'provide', '--json', ...asking(liar.address), ...loopback, 'text'])
    expect(code).toBe(1)
    expect(only(records, 'stored').acknowledged).toBe(0)
  })

  it('is 130 on Ctrl-C before anybody answered', async () => {
    const silent = await kadServer(() => undefined)
    const args = ['--json', '--inspect', 'routing', ...asking(silent.address), ...loopback, 'text']
    const providing = start(['dht', 'provide', ...args])
    await providing.until(() => providing.stderr.includes('"asked"'))
    expect((await providing.stop('SIGINT')).code).toBe(130)
  })

  it('says in amino that a private address is not kept, and tells it all the same', async () => {
    const server = await kadServer(({ type }) => kadMessage(type), '/ipfs/kad/1.0.0')
    const flags = ['--bootstrap', server.address, ...loopback]
    const { code, stderr } = await run(['dht', 'provide', '--json', '--inspect', 'protocol', ...flags, 'text'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/servers of amino keep none of these addresses: pass --announce/)
    expect(stderr).toMatch(/"ADD_PROVIDER".*"providers":\[\{[^}]*"\/ip4\/127\.0\.0\.1\/tcp\/\d+"/)
  })
})
