import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { cleanUp } from '../support/cleanup.ts'
import { only, run, start } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'
import { strangerId } from '../support/peer.ts'

const portOf = (address: string) => Number(/\/(?:tcp|udp)\/(\d+)/.exec(address)?.[1])

/** Connects to a port, writes, and keeps the connection until the test ends or the other side closes it. */
async function say(port: number, bytes: string | Uint8Array, end = false): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  cleanUp(() => socket.destroy())
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  if (end) socket.end(bytes)
  else socket.write(bytes)
  socket.resume()
}

async function expectAlive(listener: Listener): Promise<void> {
  const result = await run(['ping', '-c', '1', '--json', listener.tcp])
  expect(result.code).toBe(0)
  expect(only(result.records, 'pong').peer).toBe(listener.peerId)
}

describe('why can they not reach me?', () => {
  test.each([
    ['an HTTP client', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', /HTTP client/, 'protocol'],
    ['garbage', randomBytes(200).fill(0xee, 0, 4), /not a libp2p peer/, 'protocol'],
    ['a length of 1 GiB', Buffer.from('8080808004ffffffff', 'hex'), /not a libp2p peer/, 'protocol'],
    ['a TLS client', Buffer.from('160301020001000101fc0303', 'hex'), /TLS/, 'protocol'],
  ])('%s is reported, and the listener goes on', async (_name, bytes, message, code) => {
    const listener = await startListener(['--transport', 'tcp'])
    await say(portOf(listener.tcp), bytes)
    const failed = await listener.waitFor('connection-failed')
    expect(failed).toMatchObject({ direction: 'inbound', error: { code, exitCode: 6 } })
    expect(failed.error.message).toMatch(message)
    expect(failed.address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
    await expectAlive(listener)
  })

  test('a client that hangs up at once is reported', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    await say(portOf(listener.tcp), '', true)
    const failed = await listener.waitFor('connection-failed')
    expect(failed.error.layer).toBe('security')
    await expectAlive(listener)
  })

  test('an HTTP client at the WebSocket port does not end the listener', async () => {
    const listener = await startListener(['--transport', 'ws,tcp'])
    const response = await fetch(`http://127.0.0.1:${portOf(listener.ws)}/`)
    expect(response.status).toBeGreaterThanOrEqual(400)
    await say(portOf(listener.ws), 'garbage\r\n\r\n')
    await expectAlive(listener)
  })

  test('garbage within a WebSocket is reported', async () => {
    const listener = await startListener(['--transport', 'ws,tcp'])
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(listener.ws)}/`)
    cleanUp(() => socket.close())
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
    socket.send('hello, is this the chat?')
    const failed = await listener.waitFor('connection-failed')
    expect(failed.error.message).toMatch(/not a libp2p peer/)
    await expectAlive(listener)
  })

  test('what the dialer offered is named when no security protocol is common', async () => {
    const listener = await startListener(['--transport', 'tcp', '--security', 'noise'])
    await run(['dial', '--security', 'tls,plaintext', listener.tcp])
    const failed = await listener.waitFor('connection-failed')
    expect(failed.error).toMatchObject({ code: 'security', layer: 'security' })
    expect(failed.error.message).toContain('/tls/1.0.0')
    expect(failed.error.message).toContain('/plaintext/2.0.0')
  })

  test('no common muxer', async () => {
    const listener = await startListener(['--transport', 'tcp', '--muxer', 'yamux'])
    await run(['dial', '--muxer', 'mplex', listener.tcp])
    const failed = await listener.waitFor('connection-failed')
    expect(failed.error).toMatchObject({ code: 'protocol', layer: 'muxer' })
  })

  test.each(['tcp', 'ws', 'quic'] as const)('a dialer that expected another peer, over %s', async (transport) => {
    const listener = await startListener(['--transport', transport === 'tcp' ? 'tcp' : `${transport},tcp`])
    const result = await run(['dial', listener[transport].replace(listener.peerId, await strangerId())])
    expect(result.code).toBe(5)
    if (transport !== 'quic') {
      const failed = await listener.waitFor('connection-failed')
      expect(failed.error).toMatchObject({ layer: 'security' })
    }
    await expectAlive(listener)
  })

  test.each(['tcp', 'ws', 'quic'] as const)(
    'a peer that is not among --allow-peer is closed and named, over %s',
    async (transport) => {
      const friend = await strangerId()
      const listener = await startListener(['--transport', transport, '--allow-peer', friend])
      const result = await run(['ping', '--json', '-c', '1', '--timeout', '5s', listener[transport]])
      expect(result.code).not.toBe(0)
      expect(result.code).not.toBe(70)
      const failed = await listener.waitFor('connection-failed')
      expect(failed.peer).toMatch(/^12D3KooW/)
      expect(failed.error.message).toContain(failed.peer)
      expect(listener.records.map((record) => record.type)).not.toContain('connection-opened')
      expect(listener.running.child.exitCode).toBeNull()
    },
  )

  test('in text the failure goes to stderr, and stdout keeps to the addresses', async () => {
    const running = start(['listen', '--transport', 'tcp'])
    const address = await running.line(/^\/ip4/)
    await say(portOf(address), 'GET / HTTP/1.1\r\n\r\n')
    await running.line(/HTTP client/, 'stderr')
    const result = await running.stop('SIGINT')
    expect(result).toMatchObject({ code: 0, stdout: `${address}\n` })
  })

  test('escape sequences of a stranger do not reach the terminal', async () => {
    const running = start(['listen', '--transport', 'tcp'])
    const address = await running.line(/^\/ip4/)
    await say(portOf(address), '\x1b[2Jhello there')
    await running.line(/not a libp2p peer/, 'stderr')
    expect(running.stderr).not.toMatch(/\x1b\[2J/)
  })

  test('fifty strangers at once do not keep a peer out', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    await Promise.all(Array.from({ length: 50 }, () => say(portOf(listener.tcp), 'GET / HTTP/1.1\r\n\r\n', true)))
    await listener.waitFor('connection-failed')
    await expectAlive(listener)
  })
})

describe('connections and streams of a listener', () => {
  test.each(['tcp', 'ws', 'quic'] as const)(
    'a stream for which there is no protocol in common is named, over %s',
    async (transport) => {
      const listener = await startListener(['--transport', transport])
      const result = await run(['dial', '--protocol', '/nobody/1,/nobody/2', listener[transport]])
      expect(result.code).toBe(6)
      const closed = await listener.waitFor('stream-closed')
      expect(closed).toMatchObject({ asked: ['/nobody/1', '/nobody/2'], direction: 'inbound' })
      expect(closed.reason).toContain('no protocol in common')
      expect(listener.records.map((record) => record.type)).not.toContain('stream-opened')
    },
  )

  test.each(['tcp', 'ws', 'quic'] as const)('are told in order, over %s', async (transport) => {
    const listener = await startListener(['--transport', transport])
    const result = await run(['ping', '-c', '1', '--json', listener[transport]])
    expect(result.code).toBe(0)
    const opened = await listener.waitFor('connection-opened')
    await listener.waitFor('connection-closed')
    await listener.waitFor('stream-closed', (record) => record.protocol === '/ipfs/ping/1.0.0')
    expect(opened).toMatchObject({ direction: 'inbound', transport })
    const stream = listener.records.find(
      (record) => record.type === 'stream-opened' && record.protocol === '/ipfs/ping/1.0.0',
    )
    expect(stream).toMatchObject({ connection: opened.connection, peer: opened.peer, direction: 'inbound' })
    const ended = await listener.stop()
    expect(ended.code).toBe(0)
  })

  test('--once ends after the first peer', async () => {
    const listener = await startListener(['--transport', 'tcp', '--once'])
    expect((await run(['dial', listener.tcp])).code).toBe(0)
    expect((await listener.running.exited).code).toBe(0)
  })

  test('--once that nobody came to before --for is 3', async () => {
    const result = await run(['listen', '--json', '--transport', 'tcp', '--once', '--for', '300ms'])
    expect(result.code).toBe(3)
    expect(only(result.records, 'error').error.code).toBe('timeout')
  })

  test('--for alone ends in 0', async () => {
    const result = await run(['listen', '--json', '--transport', 'tcp', '--for', '300ms'])
    expect(result.code).toBe(0)
  })
})
