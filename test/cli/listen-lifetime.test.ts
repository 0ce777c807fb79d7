import { describe, expect, it } from 'vitest'
import { only, run, scratchPath, start } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'

const tcp = ['--transport', 'tcp']

/** A peer's own key, so that it can be named. */
async function identity(): Promise<{ key: string; peerId: string }> {
  const key = scratchPath('peer.pem')
  return { key, peerId: only((await run(['keygen', '-o', key, '--json'])).records, 'key').peerId }
}

describe('p2p listen', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s, also while peers are connected', async (signal) => {
    const listener = await startListener()
    const dialing = start(['dial', '--json', '--for', '60s', listener.quic, listener.tcp])
    await dialing.record('dialed')
    const { code, signal: killedBy } = await listener.running.stop(signal)
    expect({ code, killedBy }).toEqual({ code: 0, killedBy: null })
    expect((await dialing.exited).records.at(-1)).toMatchObject({ type: 'connection-closed', by: 'remote' })
  })

  it('--for ends with 0 by itself', async () => {
    expect(await run(['listen', '--for', '100ms', ...tcp])).toMatchObject({ code: 0, stderr: '' })
  })

  it('--once ends after the first peer has left, with 0', async () => {
    const listener = await startListener(['--once', ...tcp])
    const dialing = start(['dial', '--json', '--for', '60s', listener.tcp])
    await listener.waitFor('connection-opened')
    await dialing.stop()
    const { code, records } = await listener.running.exited
    expect(code).toBe(0)
    expect(records.at(-1)?.type).toBe('connection-closed')
  })

  it('--once waits for a peer that comes: one that it dials itself is none', async () => {
    const dht = ['--dht', 'server', '--network', '/test/kad/1.0.0', ...tcp]
    const known = await startListener(dht)
    const listener = await startListener(['--once', ...dht, '--bootstrap', known.tcp])
    await listener.waitFor('connection-opened', ({ direction }) => direction === 'outbound')
    await known.stop()
    await listener.waitFor('connection-closed', ({ direction }) => direction === 'outbound')
    expect((await run(['dial', listener.tcp])).code).toBe(0)
    const { code, records } = await listener.running.exited
    expect(code).toBe(0)
    expect(records.at(-1)).toMatchObject({ type: 'connection-closed', direction: 'inbound' })
  })

  it('--once with --for is 3 when nobody came', async () => {
    const { code, records } = await run(['listen', '--json', '--once', '--for', '100ms', ...tcp])
    expect(code).toBe(3)
    expect(only(records, 'error').error.code).toBe('timeout')
  })

  it('--allow-peer lets in who is named, and names who is not', async () => {
    const [friend, stranger] = [await identity(), await identity()]
    const listener = await startListener(['--allow-peer', friend.peerId])
    for (const address of listener.addresses) {
      expect((await run(['ping', '-c', '1', '--key', friend.key, address])).code).toBe(0)
      const refused = await run(['ping', '-c', '1', '-W', '2s', '--key', stranger.key, address])
      expect(refused.code).not.toBe(0)
      const prefix = address.includes('/udp/') ? '/udp/' : '/tcp/'
      const failed = await listener.waitFor(
        'connection-failed',
        ({ address: from = '' }) => from.includes(prefix) && from.includes('/ws') === address.includes('/ws/'),
      )
      expect(failed).toMatchObject({ peer: stranger.peerId, direction: 'inbound' })
      expect(failed.error.message).toContain(stranger.peerId)
    }
    const opened = listener.records.filter((record) => record.type === 'connection-opened')
    expect(new Set(opened.map(({ peer }) => peer))).toEqual(new Set([friend.peerId]))
  })

  it('--allow-peer refuses what is no peer ID', async () => {
    expect((await run(['listen', '--allow-peer', 'me', '--for', '10s'])).code).toBe(2)
  })
})

describe('the records of p2p listen', () => {
  it.each([
    ['tcp', '/noise', '/yamux/1.0.0'],
    ['ws', '/noise', '/yamux/1.0.0'],
    ['quic', 'quic-tls', 'quic'],
  ] as const)('tell a connection over %s from beginning to end', async (transport, security, muxer) => {
    const { key, peerId } = await identity()
    const listener = await startListener(['--echo'])
    const args = ['dial', '--key', key, '--protocol', '/echo/1.0.0', listener[transport]]
    expect((await run(args, { input: 'hello' })).stdout).toBe('hello')
    const closed = await listener.waitFor('connection-closed')
    const opened = only(listener.records, 'connection-opened')
    expect(opened).toMatchObject({ peer: peerId, direction: 'inbound', transport, security, muxer })
    expect(opened.address).toMatch(/^\/ip4\/127\.0\.0\.1\/(?:tcp|udp)\/\d+/)
    const { connection, address } = opened
    const same = { connection, address, peer: peerId, direction: 'inbound' }
    const streamOpened = only(listener.records, 'stream-opened')
    expect(streamOpened).toMatchObject({ ...same, protocol: '/echo/1.0.0' })
    expect(only(listener.records, 'stream-closed')).toMatchObject({
      ...same,
      stream: streamOpened.stream,
      protocol: '/echo/1.0.0',
      reason: 'closed',
    })
    expect(closed).toMatchObject({ ...same, by: 'remote', reason: 'closed' })
    const times = listener.records.flatMap((record) => ('at' in record ? [record.at] : []))
    expect(times).toEqual(times.toSorted())
  })

  it('name the layer and the cause of a connection that failed', async () => {
    const listener = await startListener([...tcp, '--security', 'noise'])
    expect((await run(['dial', '--security', 'tls', listener.tcp])).code).toBe(5)
    const { error, direction } = await listener.waitFor('connection-failed')
    expect(direction).toBe('inbound')
    expect(error).toMatchObject({ code: 'security', layer: 'security', message: expect.stringContaining('/tls/1.0.0') })
  })

  it('are story on stderr in text, a line each', async () => {
    const listener = start(['listen', ...tcp])
    const address = await listener.line(/^\/ip4/)
    await run(['ping', '-c', '1', address])
    await listener.line(/ping\/1\.0\.0/, 'stderr')
    await listener.line(/closed by the remote side/, 'stderr')
    expect((await listener.stop()).stdout).toBe(`${address}\n`)
  })
})
