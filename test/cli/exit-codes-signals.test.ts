import { describe, expect, test } from 'vitest'
import { only, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { startPeer } from '../support/peer.ts'
import { type ForeignServer, tcpServer } from '../support/servers.ts'

/** A server that says nothing, and the moment somebody has connected and spoken. */
async function silentServer(): Promise<ForeignServer & { dialled: Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const server = await tcpServer((socket) => socket.once('data', () => resolve()))
  return { ...server, dialled: promise }
}

describe.each([
  ['SIGINT', 130, 'interrupted'],
  ['SIGTERM', 143, 'terminated'],
] as const)('%s before the answer', (signal, code, name) => {
  test.each(['dial', 'ping', 'identify'])(`ends %s with ${code}`, async (command) => {
    const server = await silentServer()
    const json = start([command, '--json', server.address])
    await server.dialled
    const result = await json.stop(signal)
    expect(result).toMatchObject({ code, signal: null, stderr: '' })
    expect(only(result.records, 'error').error).toMatchObject({ code: name, exitCode: code })
  })

  test('says nothing to a person, and leaves no stack trace', async () => {
    const server = await silentServer()
    const text = start(['dial', server.address])
    await server.dialled
    const result = await text.stop(signal)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).not.toMatch(/Error|^\s+at /m)
  })

  test(`ends an identify that waits for its message with ${code}`, async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const peer = await startPeer({ handlers: { '/ipfs/id/1.0.0': () => resolve() } })
    const running = start(['identify', '--json', peer.address])
    await asked
    expect((await running.stop(signal)).code).toBe(code)
  })

  test(`ends maddr parse - that waits for a line with ${code}`, async () => {
    const running = start(['maddr', 'parse', '--json', '-'])
    running.child.stdin.write('/ip4/1.2.3.4\n')
    await running.record('multiaddr')
    expect((await running.stop(signal)).code).toBe(code)
  })
})

describe.each(['SIGINT', 'SIGTERM'] as const)('%s ends what is open-ended with 0', (signal) => {
  test('ping that saw a pong, with its summary', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const running = start(['ping', '--json', '-i', '50ms', listener.tcp])
    await running.record('pong', (record) => record.seq === 2)
    const result = await running.stop(signal)
    expect(result).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(result.records.at(-1)?.type).toBe('summary')
    expect(only(result.records, 'summary').received).toBeGreaterThanOrEqual(2)
    expect(result.records.map((record) => record.type)).not.toContain('error')
  })

  test('listen, with a peer connected', async () => {
    const listener = await startListener()
    const running = start(['ping', '--json', '-i', '100ms', listener.quic])
    await running.record('pong')
    const result = await listener.running.stop(signal)
    expect(result).toMatchObject({ code: 0, signal: null })
    expect(result.records.map((record) => record.type)).not.toContain('error')
  })

  test('dial --for, saying that this side closed', async () => {
    const listener = await startListener(['--transport', 'tcp'])
    const running = start(['dial', '--json', '--for', '60s', listener.tcp])
    await running.record('dialed')
    const result = await running.stop(signal)
    expect(result.code).toBe(0)
    expect(only(result.records, 'connection-closed').by).toBe('local')
  })

  test('an open stream of dial --protocol and of listen --protocol', async () => {
    const server = start(['listen', '--json', '--transport', 'tcp', '--protocol', '/chat/1.0.0'])
    const [address = ''] = (await server.record('listening')).addresses
    const client = start(['dial', '--protocol', '/chat/1.0.0', address])
    client.child.stdin.write('hello')
    await server.until(() => server.stdout === 'hello')
    const left = await client.stop(signal)
    expect(left).toMatchObject({ code: 0, signal: null })
    await server.stop(signal)
  })

  test('a text listener, with nothing on stdout but addresses', async () => {
    const running = start(['listen', '--transport', 'tcp'])
    await running.line(/^\/ip4/)
    const result = await running.stop(signal)
    expect(result.code).toBe(0)
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(result.stderr).not.toMatch(/Error|^\s+at /m)
  })
})

describe('ping that never saw a pong', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('ends in 1 by %s, once it was connected', async (signal) => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const peer = await startPeer({
      handlers: { '/ipfs/ping/1.0.0': (stream) => stream.addEventListener('message', () => resolve()) },
    })
    const running = start(['ping', '--json', peer.address])
    await asked
    const result = await running.stop(signal)
    expect(only(result.records, 'summary').received).toBe(0)
    expect(result.code).toBe(1)
  })
})

describe('a second signal', () => {
  test('does not wait', async () => {
    const server = await silentServer()
    const running = start(['dial', server.address])
    await server.dialled
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    expect((await running.exited).code).toBe(130)
  })

  test('ends a listener as well', async () => {
    const listener = await startListener()
    listener.running.child.kill('SIGINT')
    const result = await listener.running.stop('SIGINT')
    expect(result.signal).toBeNull()
    expect([0, 130]).toContain(result.code)
  })
})
