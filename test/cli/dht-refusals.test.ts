import { describe, expect, it } from 'vitest'
import { only, run } from '../support/cli.ts'
import { asking, kadServer, network } from '../support/dht.ts'
import { strangerId } from '../support/peer.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

const peer = await strangerId()
const nobody = '/ip4/127.0.0.1/tcp/1'
const from = ['--from', nobody]
const announce = ['--announce', '/ip4/1.1.1.1/tcp/1']

describe('bad input is exit 2, and nothing is sent', () => {
  it.each([
    ['find-peer', [...from, 'nobody'], 'not a peer ID'],
    ['find-peer', [...from], 'peer'],
    ['find-peer', ['--network', 'wan', ...from, peer], 'not a DHT'],
    ['find-peer', ['--bootstrap', nobody, ...from, peer], '--bootstrap'],
    ['find-peer', ['--list', 'mine', ...from, peer], '--list'],
    ['find-peer', ['--bootstrap', nobody, '--list', 'mine', peer], '--list'],
    ['find-peer', ['--list', '../mine', peer], 'list'],
    ['find-peer', ['--bootstrap', '/unix/tmp/socket', peer], 'unix'],
    ['find-peer', ['--bootstrap', 'nowhere', peer], 'nowhere'],
    ['find-peer', ['--bootstrap', `/p2p/${peer}`, peer], 'peer ID alone'],
    ['get', [...from, 'word'], 'not a DHT key'],
    ['get', [...from, '0x0'], 'hexadecimal'],
    ['get', [...from, '--quorum', '0', '/v/key'], 'whole number'],
    ['put', [...from, '/v/key'], 'value'],
    ['put', [...from, '/pk/word', 'value'], '/pk/'],
    ['put', [...from, '/v/key', ''], 'empty'],
    ['put', [...from, '/v/key', '-'], 'empty'],
    ['put', [...from, peer, 'no public key'], 'not a libp2p public key'],
    ['get', [...from, '--validator', 'v=ipns', '/v/key'], 'not a validator'],
    ['put', [...from, '--validator', 'v', '/v/key', 'value'], 'not a validator'],
    ['holders', [...from, 'word'], 'not a DHT key'],
    ['closest-peers', [...from, ''], 'empty'],
    ['closest-peers', [...from, '--limit', '-1', 'x'], 'whole number'],
    ['closest-peers', [...from, '--limit', '21', 'x'], 'at most 20'],
    ['find-providers', [...from, ''], 'empty'],
    ['provide', [...from, 'text'], '--announce'],
    ['provide', ['--network', network, 'text'], '--announce'],
    ['provide', ['--announce', '/ip4/10.0.0.1/tcp/1', 'text'], 'public addresses'],
    ['provide', [...from, '--listen', '/ip4/127.0.0.1/tcp/0', '--announce', '/ip4/127.0.0.1/tcp/1', 'text'], 'public'],
    [
      'provide',
      [...from, '--listen', '/ip4/127.0.0.1/tcp/0', '--announce', `/ip4/1.1.1.1/tcp/1/p2p/${peer}`, 'x'],
      '--key',
    ],
    ['provide', [...from, '--for', '1s', ...announce, 'text'], '--listen'],
    ['provide', [...from, '--listen', '/dns4/localhost/tcp/0', 'text'], 'IP address'],
    ['provide', [...from, '--announce', '/ip4/10.0.0.1/tcp/1', 'text'], 'public addresses'],
    ['provide', [...from, '--network', 'lan', ...announce, 'text'], 'private addresses'],
    ['provide', [...from, '--announce', `/ip4/1.1.1.1/tcp/1/p2p/${peer}`, 'text'], '--key'],
    ['ping', [], 'addr'],
  ])('dht %s %j', async (command, args, message) => {
    const result = await run(['dht', command, '--json', ...args])
    expect(result.code).toBe(2)
    expect(result.records.map(({ type }) => type)).toEqual(['error'])
    expect(only(result.records, 'error').error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    })
  })

  it.each([
    [['--network', 'lan'], '--dht'],
    [['--bootstrap', nobody], '--dht'],
    [['--list', 'mine'], '--dht'],
    [['--dht', 'server', '--bootstrap', nobody, '--list', 'mine'], '--list'],
    [['--dht', 'maybe'], 'maybe'],
    [['--dht', 'server', '--validator', 'v=pk'], 'not a validator'],
    [['--dht', 'server', '--validator', 'pk=ipns'], 'not a validator'],
    [['--dht', 'server', '--validator', 'v'], 'not a validator'],
    [['--dht', 'server', '--bootstrap', `/p2p/${peer}`], 'peer ID alone'],
  ])('listen %j', async (args, message) => {
    const result = await run(['listen', '--json', ...args])
    expect(result.code).toBe(2)
    expect(only(result.records, 'error').error.message).toContain(message)
  })
})

describe('nobody to ask is exit 4, at once', () => {
  it.each([
    ['find-peer', [peer]],
    ['closest-peers', ['x']],
    ['get', ['/v/key']],
    ['put', ['/v/key', 'value']],
    ['holders', ['/v/key']],
    ['provide', ['--listen', '/ip4/127.0.0.1/tcp/0', 'x']],
    ['find-providers', ['x']],
  ])('dht %s', async (command, args) => {
    for (const flags of [
      ['--network', network],
      ['--network', 'lan', '--from', peer],
    ]) {
      const { code, records } = await run(['dht', command, '--json', ...flags, ...args])
      expect(code).toBe(4)
      expect(only(records, 'error').error).toMatchObject({
        code: 'unreachable',
        layer: 'routing',
        message: 'no DHT peers: pass --bootstrap or --list',
      })
    }
    const empty = await run(['dht', command, '--json', ...args])
    expect(empty.code).toBe(4)
    expect(only(empty.records, 'error').error.message).toBe('no peers to ask: the bootstrap list default is empty')
    const missing = await run(['dht', command, '--json', '--network', network, '--list', 'mine', ...args])
    expect(missing.code).toBe(7)
    expect(only(missing.records, 'error').error.message).toBe('there is no bootstrap list mine')
  })

  it.each([['--bootstrap'], ['--from']])('%s that is refused', async (flag) => {
    const address = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
    const { code, records } = await run(['dht', 'get', '--json', flag, address, '/v/key'])
    expect(code).toBe(4)
    expect(only(records, 'summary')).toMatchObject({ queried: 1, failed: 1, succeeded: 0 })
    expect(only(records, 'error').error).toMatchObject({ code: 'unreachable', addresses: [{ address, tried: true }] })
  })
})

describe('the deadline', () => {
  it('with nothing is exit 3', async () => {
    const silent = await kadServer(() => undefined)
    for (const flags of [asking(silent.address), ['--network', network, '--from', silent.address]]) {
      const { code, records } = await run(['dht', 'get', '--json', '--timeout', '1s', ...flags, '/v/key'])
      expect(code).toBe(3)
      expect(only(records, 'summary')).toMatchObject({ queried: 1, succeeded: 0, complete: false })
      expect(only(records, 'error').error).toMatchObject({ code: 'timeout', layer: 'routing' })
    }
  })

  it('is kept before there is a connection', async () => {
    const mute = await tcpServer()
    const { code } = await run(['dht', 'ping', '--json', '--timeout', '1s', mute.address])
    expect(code).toBe(3)
  })
})
