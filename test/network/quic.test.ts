import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { QuicConnection } from '../../src/lib/node/quic/connection.ts'
import { quicTransport } from '../../src/lib/node/quic/transport.ts'

const MiB = 1024 * 1024
const protocol = '/test/1'

async function node(listen: boolean): Promise<Libp2p> {
  const created = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    addresses: { listen: listen ? ['/ip4/127.0.0.1/udp/0/quic-v1'] : [] },
    transports: [await quicTransport()],
    connectionMonitor: { enabled: false },
    connectionGater: { denyDialMultiaddr: () => false },
  })
  onTestFinished(async () => {
    await created.stop()
  })
  return created
}

interface Joined {
  near: Stream
  far: Stream
  connection: Connection
  farConnection: Connection
}

/** Two nodes, a connection and a stream: near dialled, far was dialled. */
async function joined(): Promise<Joined> {
  const [server, client] = await Promise.all([node(true), node(false)])
  const opened = Promise.withResolvers<{ far: Stream; farConnection: Connection }>()
  await server.handle(protocol, (far, farConnection) => opened.resolve({ far, farConnection }))
  const connection = await client.dial(server.getMultiaddrs())
  const near = await connection.newStream(protocol)
  return { near, connection, ...(await opened.promise) }
}

async function sendAll(stream: Stream, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    if (!stream.send(bytes.subarray(at, at + 65_536))) await once(stream, 'drain')
  }
}

async function readAll(stream: Stream): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) for (const part of [chunk.subarray()]) hash.update(part)
  return hash.digest('hex')
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('quicTransport', () => {
  it('echoes 10 MiB both ways with half-close', async () => {
    const { near, far } = await joined()
    far.addEventListener('message', ({ data }) => {
      if (far.send(data)) return
      far.pause()
      far.addEventListener('drain', () => far.resume(), { once: true })
    })
    far.addEventListener('remoteCloseWrite', () => void far.close())
    const bytes = randomBytes(10 * MiB)
    const reading = readAll(near)
    await sendAll(near, bytes)
    await near.close()
    expect(await reading).toBe(sha256(bytes))
  })

  it('gives each stream of a connection its own ID, the same on both sides', async () => {
    const [server, client] = await Promise.all([node(true), node(false)])
    const incoming = async (at: Libp2p) => {
      const stream = Promise.withResolvers<Stream>()
      const connection = Promise.withResolvers<Connection>()
      await at.handle(protocol, (accepted, carrier) => {
        stream.resolve(accepted)
        connection.resolve(carrier)
      })
      return { stream: stream.promise, connection: connection.promise }
    }
    const [atServer, atClient] = await Promise.all([incoming(server), incoming(client)])
    const connection = await client.dial(server.getMultiaddrs())
    const byClient = await connection.newStream(protocol)
    const byServer = await (await atServer.connection).newStream(protocol)
    const next = await connection.newStream(protocol)
    // RFC 9000, 2.1
    expect([byClient.id, (await atServer.stream).id]).toEqual(['0', '0'])
    expect([byServer.id, (await atClient.stream).id]).toEqual(['1', '1'])
    expect(next.id).toBe('4')
  })

  it.each(['pauses', 'does not listen'])('slows a sender down to a reader that %s, and loses nothing', async (how) => {
    const { near, far } = await joined()
    if (how === 'pauses') {
      far.addEventListener('message', () => {})
      far.pause()
    }
    const bytes = randomBytes(64 * MiB)
    let sent = 0
    let lastDrain = performance.now()
    const sending = (async () => {
      for (; sent < bytes.length; sent += 256 * 1024) {
        if (!near.send(bytes.subarray(sent, sent + 256 * 1024))) await once(near, 'drain')
        lastDrain = performance.now()
      }
      await near.close()
    })()
    await expect.poll(() => performance.now() - lastDrain, { timeout: 20_000 }).toBeGreaterThan(300)
    // this side's send buffer, the other side's window, what it holds in JavaScript
    expect(sent).toBeLessThan(28 * MiB)
    expect(far.status).toBe('open')
    expect(far).toHaveProperty(
      'readBufferLength',
      expect.toSatisfy((held: number) => held < 2 * MiB),
    )
    const reading = readAll(far)
    if (how === 'pauses') far.resume()
    await sending
    expect(await reading).toBe(sha256(bytes))
  })

  it('shows a reset as a reset', async () => {
    const { near, far } = await joined()
    const closed = once(far, 'close')
    near.abort(new Error('enough'))
    const [event] = await closed
    expect(event).toMatchObject({ local: false, error: { name: 'StreamResetError' } })
    expect(far.status).toBe('reset')
  })

  it('shows a reset to a reader that stalls, once it reads on', async () => {
    const { near, far } = await joined()
    far.pause()
    near.send(randomBytes(1000))
    await once(near, 'drain')
    const closed = once(far, 'close')
    near.abort(new Error('enough'))
    far.resume()
    const [event] = await closed
    expect(event).toMatchObject({ local: false, error: { name: 'StreamResetError' } })
  })

  it('shows a connection that ends within a stream as an error, not as an end', async () => {
    const { near, far, connection, farConnection } = await joined()
    near.send(randomBytes(100_000))
    const ended = once(farConnection, 'close')
    const reading = readAll(far)
    connection.abort(new Error('killed'))
    await expect(reading).rejects.toThrow(/reset|closed before the stream ended/)
    const [event] = await ended
    expect(event.local).not.toBe(true)
  })

  it('delivers what was written before a close at once, even to a reader that comes late', {
    timeout: 60_000,
  }, async () => {
    const bytes = randomBytes(3 * MiB)
    for (let round = 0; round < 20; round++) {
      const { near, far, connection, farConnection } = await joined()
      const closed = once(farConnection, 'close')
      const reading = round % 2 === 0 ? readAll(far) : closed.then(() => readAll(far))
      await sendAll(near, bytes)
      await near.close()
      await connection.close()
      expect(await reading).toBe(sha256(bytes))
    }
  })

  it('waits ten seconds at most for a reader that shows nothing, whatever keeps its connection alive', async () => {
    const { near, far, connection } = await joined()
    const ended = once(near, 'remoteCloseWrite')
    await far.close()
    await ended
    far.addEventListener('message', () => {})
    await sendAll(near, randomBytes(MiB))
    await near.close()
    const signal = AbortSignal.timeout(14_000)
    const raw: QuicConnection = Reflect.get(connection, 'maConn')
    await raw.acknowledged(signal)
    expect(signal.aborted).toBe(false)
  })

  it('ends a dial with its signal’s reason', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const client = await node(false)
    const controller = new AbortController()
    const address = multiaddr(`/ip4/127.0.0.1/udp/${silent.address().port}/quic-v1`)
    const dialling = client.dial(address, { signal: controller.signal })
    await once(silent, 'message')
    controller.abort(new Error('ctrl-c'))
    await expect(dialling).rejects.toThrow(/ctrl-c|aborted/)
  })

  it('names both peers when another one answers', async () => {
    const [server, other, client] = await Promise.all([node(true), node(false), node(false)])
    const [address] = server.getMultiaddrs()
    const wrong = address?.decapsulate('/p2p').encapsulate(`/p2p/${other.peerId}`)
    const expected = `Dialed peer ${other.peerId} but connected to ${server.peerId}`
    await expect(client.dial(wrong ?? expect.unreachable())).rejects.toThrow(expected)
  })
})
