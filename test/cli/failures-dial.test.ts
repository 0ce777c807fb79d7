import { createServer as createHttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { cleanUp } from '../support/cleanup.ts'
import { only, type Result, run } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startPeer, strangerId } from '../support/peer.ts'
import type { RecordOf } from '../support/records.ts'
import { listening, refusedPort, tcpServer } from '../support/servers.ts'

type Failure = RecordOf<'error'>['error']

/** The one error record of a command, which has to agree with its exit code. */
function failureOf(result: Result): Failure {
  expect(result.records.map((record) => record.type)).toEqual(['error'])
  const { error } = only(result.records, 'error')
  expect(error.exitCode).toBe(result.code)
  expect(error.message).not.toBe('')
  expect(result.stderr).not.toMatch(/^\s+at /m)
  return error
}

const multistream = Buffer.from('\x13/multistream/1.0.0\n', 'latin1')

describe('no transport connection', () => {
  test.each(['dial', 'ping', 'identify'])('%s: a refused port is 4', async (command) => {
    const port = await refusedPort()
    const result = await run([command, '--json', `/ip4/127.0.0.1/tcp/${port}`])
    const error = failureOf(result)
    expect(result.code).toBe(4)
    expect(error).toMatchObject({ code: 'unreachable', layer: 'transport' })
    expect(error.message).toMatch(/refused/)
    expect(error.addresses).toMatchObject([
      { address: `/ip4/127.0.0.1/tcp/${port}`, tried: true, layer: 'transport', code: 'unreachable' },
    ])
    expect(error.causes.map((cause) => cause.code)).toContain('ECONNREFUSED')
  })

  test('a refused WebSocket port is 4', async () => {
    const result = await run(['dial', '--json', `/ip4/127.0.0.1/tcp/${await refusedPort()}/ws`])
    expect(failureOf(result)).toMatchObject({ code: 'unreachable', layer: 'transport' })
    expect(result.code).toBe(4)
  })

  test.each<[string, (socket: Socket) => void]>([
    ['closes', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
  ])('a server that %s at once is 4, and may be private', async (_name, hangUp) => {
    const server = await tcpServer(hangUp)
    const result = await run(['dial', '--json', server.address])
    const error = failureOf(result)
    expect(result.code).toBe(4)
    expect(error.suggestions.join()).toMatch(/private.*--psk/)
    expect(error.addresses).toMatchObject([{ tried: true }])
  })

  test.each([
    ['/ip4/127.0.0.1/udp/4001/webrtc-direct', [], 'webrtc-direct'],
    ['/ip4/127.0.0.1/udp/4001/quic-v1', ['--transport', 'tcp'], 'quic'],
    ['/ip4/127.0.0.1/tcp/4001', ['--transport', 'quic'], 'tcp'],
    ['/ip4/127.0.0.1/tcp/4001/ws', ['--transport', 'tcp'], 'ws'],
    ['/ip4/127.0.0.1/udp/4001', [], 'udp'],
  ])('no transport for %s %j is 4, named and not tried', async (address, flags, named) => {
    const result = await run(['dial', '--json', ...flags, address])
    const error = failureOf(result)
    expect(result.code).toBe(4)
    expect(error.layer).toBe('transport')
    expect(error.message).toContain(named)
    expect(error.addresses).toMatchObject([{ address, tried: false, code: 'unreachable' }])
  })
})

describe('the deadline', () => {
  test.each([
    ['tcp', '', 'security'],
    ['ws', '/ws', 'transport'],
  ])('a silent server over %s is 3', async (_name, suffix, layer) => {
    const server = await tcpServer()
    const result = await run(['dial', '--json', '--timeout', '1s', `${server.address}${suffix}`])
    const error = failureOf(result)
    expect(result.code).toBe(3)
    expect(error).toMatchObject({ code: 'timeout', layer })
    expect(error.message).toMatch(/1 s/)
  })

  test('a silent server may be a private network', async () => {
    const server = await tcpServer()
    const result = await run(['ping', '--json', '--timeout', '500ms', server.address])
    expect(failureOf(result).suggestions.join()).toMatch(/private.*--psk/)
  })

  test('a server that stops after the multistream header is 3, at the security layer', async () => {
    const server = await tcpServer((socket) => socket.write(multistream))
    const result = await run(['dial', '--json', '--timeout', '1s', server.address])
    expect(failureOf(result)).toMatchObject({ code: 'timeout', layer: 'security' })
    expect(result.code).toBe(3)
  })

  test('nobody at a UDP port is 3 or 4, and ends', async () => {
    const result = await run(['dial', '--json', '--timeout', '1s', `/ip4/127.0.0.1/udp/${await refusedPort()}/quic-v1`])
    expect([3, 4]).toContain(result.code)
    expect(failureOf(result).layer).toBe('transport')
  })
})

describe('not a libp2p peer', () => {
  const oneGibibyte = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04])
  test.each<[string, Buffer]>([
    ['garbage', Buffer.from('\x00\xff\x13garbage that goes on for a while\r\n', 'latin1')],
    ['text', Buffer.from('220 mail.example.com ESMTP\r\n')],
    ['ssh', Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')],
    ['a length of 1 GiB', Buffer.concat([oneGibibyte, Buffer.from('/multistream/1.0.0\n')])],
    ['a length without end', Buffer.alloc(64, 0xff)],
    ['a length of 0', Buffer.alloc(64)],
  ])('%s is 6', async (_name, greeting) => {
    const server = await tcpServer((socket) => socket.write(greeting))
    const result = await run(['dial', '--json', '--timeout', '10s', server.address])
    const error = failureOf(result)
    expect(result.code).toBe(6)
    expect(error.code).toBe('protocol')
    expect(error.message).toMatch(/not a libp2p peer/)
  })

  test('a length of 1 GiB behind the multistream header is 6', async () => {
    const server = await tcpServer((socket) =>
      socket.write(Buffer.concat([multistream, oneGibibyte, Buffer.alloc(64)])),
    )
    const result = await run(['dial', '--json', '--timeout', '10s', server.address])
    failureOf(result)
    expect(result.code).toBe(6)
  })

  test('what a server said is shown without its escape sequences', async () => {
    const server = await tcpServer((socket) => socket.write('\x1b[2J\x1b]0;owned\x07 hello'))
    const result = await run(['dial', server.address])
    expect(result.code).toBe(6)
    expect(result.stderr).not.toMatch(/\x1b|\x07/)
  })

  test.each([
    ['tcp', '', /HTTP/],
    ['ws', '/ws', /HTTP|WebSocket/],
  ])('an HTTP server over %s is 6, and named', async (_name, suffix, named) => {
    const server = createHttpServer((_request, response) => response.end('hello'))
    const port = await listening(server)
    cleanUp(() => server.close())
    const result = await run(['dial', '--json', '--timeout', '10s', `/ip4/127.0.0.1/tcp/${port}${suffix}`])
    expect(failureOf(result).message).toMatch(named)
    expect(result.code).toBe(6)
  })

  test('a WebSocket address at a server of garbage is 6', async () => {
    const server = await tcpServer((socket) => socket.write('garbage\r\n\r\n'))
    const result = await run(['dial', '--json', '--timeout', '10s', `${server.address}/ws`])
    expect(failureOf(result).code).toBe('protocol')
    expect(result.code).toBe(6)
  })

  test('a TLS-only server is 6, and named', async () => {
    const server = await tcpServer((socket) =>
      // fatal alert: unexpected message
      socket.once('data', () => socket.end(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a]))),
    )
    const result = await run(['dial', '--json', '--timeout', '10s', server.address])
    expect(failureOf(result).message).toMatch(/TLS/)
    expect(result.code).toBe(6)
  })
})

describe('wrong peer ID', () => {
  test.each([
    ['tcp', 'noise'],
    ['tcp', 'tls'],
    ['tcp', 'plaintext'],
    ['ws', 'noise'],
    ['quic', 'noise'],
  ] as const)('over %s and %s is 5, with both IDs', async (transport, security) => {
    const listener = await startListener(['--transport', transport, '--security', security])
    const stranger = await strangerId()
    const address = listener[transport].replace(listener.peerId, stranger)
    const result = await run(['dial', '--json', '--timeout', '10s', '--security', security, address])
    const error = failureOf(result)
    expect(result.code).toBe(5)
    expect(error).toMatchObject({ code: 'security', layer: 'security' })
    expect(error.message).toContain(stranger)
    expect(error.message).toContain(listener.peerId)
    expect(error.addresses).toMatchObject([{ tried: true, layer: 'security' }])
  })

  test('--expect-peer of another peer is 5, with both IDs', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const stranger = await strangerId()
    const bare = listener.tcp.replace(/\/p2p\/.*/, '')
    const result = await run(['dial', '--json', '--expect-peer', stranger, bare])
    expect(result.code).toBe(5)
    expect(failureOf(result).message).toContain(stranger)
    expect(failureOf(result).message).toContain(listener.peerId)
  })

  test('--expect-peer against the ID in the address is 2', async () => {
    const result = await run([
      'dial',
      '--json',
      '--expect-peer',
      await strangerId(),
      `/ip4/127.0.0.1/tcp/1/p2p/${await strangerId()}`,
    ])
    expect(result.code).toBe(2)
    expect(failureOf(result).layer).toBe('address')
  })
})

describe('nothing in common', () => {
  test.each([
    ['noise', 'tls'],
    ['tls', 'noise'],
    ['noise', 'plaintext'],
    ['plaintext', 'noise,tls'],
  ])('a listener with %s, a dialer with %s: 5', async (theirs, ours) => {
    const listener = await startListener(['--transport', 'tcp', '--security', theirs])
    const result = await run(['dial', '--json', '--security', ours, listener.tcp])
    const error = failureOf(result)
    expect(result.code).toBe(5)
    expect(error).toMatchObject({ code: 'security', layer: 'security' })
    expect(error.message).toMatch(/no common security/)
    const { error: seen } = await listener.waitFor('connection-failed')
    expect(seen).toMatchObject({ code: 'security', layer: 'security' })
    expect(seen.message).toMatch(
      { tls: /\/tls\/1\.0\.0/, noise: /\/noise/, plaintext: /\/plaintext/ }[ours.split(',')[0] ?? ''] ?? /$^/,
    )
  })

  test.each(['noise', 'tls', 'plaintext'])('no common muxer over %s: 6, at the muxer layer', async (security) => {
    const listener = await startListener(['--transport', 'tcp', '--security', security, '--muxer', 'yamux'])
    const result = await run(['dial', '--json', '--security', security, '--muxer', 'mplex', listener.tcp])
    const error = failureOf(result)
    expect(error).toMatchObject({ code: 'protocol', layer: 'muxer' })
    expect(result.code).toBe(6)
    const { error: seen } = await listener.waitFor('connection-failed')
    expect(seen).toMatchObject({ code: 'protocol', layer: 'muxer' })
  })

  test('a peer that does not speak the protocol is 6; stdout stays empty', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const result = await run(['dial', '--json', '--protocol', '/nobody/speaks/1.0.0', listener.tcp])
    expect(result.code).toBe(6)
    expect(result.stdout).toBe('')
    const { error } = only(result.records, 'error')
    expect(error).toMatchObject({ code: 'protocol', layer: 'protocol', peer: listener.peerId })
    expect(error.message).toContain('/nobody/speaks/1.0.0')
  })

  test.each([
    ['ping', '/ipfs/ping/1.0.0'],
    ['identify', '/ipfs/id/1.0.0'],
  ])('%s to a peer without %s is 6', async (command, protocol) => {
    const peer = await startPeer()
    const result = await run([command, '--json', peer.address])
    const error = only(result.records, 'error').error
    expect(result.code).toBe(6)
    expect(error).toMatchObject({ code: 'protocol', layer: 'protocol', peer: peer.peerId })
    expect(error.message).toContain(protocol)
  })

  test('the first of several protocols that the peer speaks is taken', async () => {
    const listener = await startListener(['--transport', 'tcp', '--echo'])
    const flags = ['--protocol', '/nobody/speaks/1.0.0', '--protocol', '/echo/1.0.0']
    const result = await run(['dial', ...flags, listener.tcp], { input: 'hello' })
    expect(result).toMatchObject({ code: 0, stdout: 'hello' })
  })
})

describe('several addresses and targets', () => {
  test('each address of one peer is listed with its own cause', async () => {
    const peer = await strangerId()
    const garbage = await tcpServer((socket) => socket.write('garbage that goes on for a while'))
    const refused = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${peer}`
    const untried = `/ip4/127.0.0.1/udp/4001/webrtc-direct/p2p/${peer}`
    const odd = `${garbage.address}/p2p/${peer}`
    const result = await run(['dial', '--json', refused, untried, odd])
    const error = failureOf(result)
    expect(result.code).toBe(6)
    expect(error.peer).toBe(peer)
    expect(error.addresses).toHaveLength(3)
    const of = (address: string) => error.addresses.find((outcome) => outcome.address === address)
    expect(of(refused)).toMatchObject({ tried: true, code: 'unreachable', layer: 'transport' })
    expect(of(refused)?.message).toMatch(/refused/)
    expect(of(untried)).toMatchObject({ tried: false, code: 'unreachable' })
    expect(of(untried)?.message).toMatch(/webrtc-direct/)
    expect(of(odd)).toMatchObject({ tried: true, code: 'protocol' })
    expect(of(odd)?.message).toMatch(/not a libp2p peer/)
  })

  test('text lists each address with its cause as well', async () => {
    const peer = await strangerId()
    const [one, two] = [await refusedPort(), await refusedPort()]
    const result = await run(['dial', `/ip4/127.0.0.1/tcp/${one}/p2p/${peer}`, `/ip4/127.0.0.1/tcp/${two}/p2p/${peer}`])
    expect(result).toMatchObject({ code: 4, stdout: '' })
    expect(result.stderr).toContain(`/ip4/127.0.0.1/tcp/${one}`)
    expect(result.stderr).toContain(`/ip4/127.0.0.1/tcp/${two}`)
  })

  test('one good address is enough', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const refused = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${listener.peerId}`
    const result = await run(['dial', '--json', refused, listener.tcp])
    expect(result.code).toBe(0)
    expect(result.records).toMatchObject([{ type: 'dialed', peer: listener.peerId, address: listener.tcp }])
    expect(only(result.records, 'dialed').target).toBeUndefined()
  })

  test('a silent first address does not keep the second from being tried', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const silent = await tcpServer()
    const result = await run(['ping', '--json', '-c', '1', `${silent.address}/p2p/${listener.peerId}`, listener.tcp])
    expect(result.code).toBe(0)
    expect(only(result.records, 'pong').address).toBe(listener.tcp)
  })

  test('the deadline names every address that it cut off', async () => {
    const peer = await strangerId()
    const servers = [await tcpServer(), await tcpServer()]
    const addresses = servers.map((server) => `${server.address}/p2p/${peer}`)
    const result = await run(['dial', '--json', '--timeout', '1s', ...addresses])
    const error = failureOf(result)
    expect(result.code).toBe(3)
    expect(error.addresses.map((outcome) => outcome.address).toSorted()).toEqual(addresses.toSorted())
    for (const outcome of error.addresses) expect(outcome).toMatchObject({ tried: true, code: 'timeout' })
  })

  test.each(['dial', 'ping', 'identify'])(
    '%s of several targets: each has its record, the highest code wins',
    async (command) => {
      const listener = await startListener(['--transport', 'tcp'])
      const stranger = await strangerId()
      const wrong = listener.tcp.replace(listener.peerId, stranger)
      const refused = `/ip4/127.0.0.1/tcp/${await refusedPort()}`
      const count = command === 'ping' ? ['-c', '1'] : []
      const result = await run([command, '--json', ...count, refused, listener.tcp, wrong])
      expect(result.code).toBe(5)
      const errors = result.records.filter((record) => record.type === 'error')
      expect(errors.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))).toMatchObject([
        { input: refused, index: 1, error: { code: 'unreachable', exitCode: 4 } },
        { input: wrong, index: 3, error: { code: 'security', exitCode: 5 } },
      ])
      const good = result.records.filter((record) => record.type !== 'error')
      expect(good.length).toBeGreaterThan(0)
      for (const record of good) expect(record).toMatchObject({ target: listener.tcp, peer: listener.peerId })
    },
  )

  test('--protocol with several targets is 2, and nothing is sent', async () => {
    const servers = [await tcpServer(), await tcpServer()]
    const result = await run(['dial', '--protocol', '/x', ...servers.map((server) => server.address)])
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(servers.flatMap((server) => server.connections)).toEqual([])
  })
})
