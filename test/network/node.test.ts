import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { groupTargets } from '../../src/lib/addresses/target.ts'
import { encodePrivateKey } from '../../src/lib/keys/encode.ts'
import { generateKeyPairOf } from '../../src/lib/keys/generate.ts'
import { peerIdOf } from '../../src/lib/keys/key-pair.ts'
import { describeNode, dialTarget, type NodeSpec, openNode } from '../../src/lib/node/node.ts'

const loopback = '/ip4/127.0.0.1/tcp/0'
const signal = new AbortController().signal
const noLimit = { signal, timeoutMs: 0 }
const target = (...addresses: string[]) => groupTargets(addresses)[0] ?? expect.unreachable()
const addressOf = (node: Awaited<ReturnType<typeof openNode>>) => `${node.transports.getAddrs()[0]}/p2p/${node.peerId}`
const listening = (spec: NodeSpec = {}) => openNode({ listen: [loopback], transports: ['tcp'], ...spec })

describe('openNode', () => {
  it('stops with its block, frees the port and ends its connections', async () => {
    await using dialer = await openNode({ transports: ['tcp'] })
    let port = 0
    let closed: Promise<unknown> = Promise.resolve()
    {
      await using node = await listening()
      port = Number(node.transports.getAddrs()[0]?.getComponents()[1]?.value)
      const { connection } = await dialTarget(dialer, target(addressOf(node)), noLimit)
      closed = new Promise((resolve) => connection.addEventListener('close', resolve))
    }
    await closed
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
  })

  it('stops when the block throws', async () => {
    let address = ''
    const failing = async () => {
      await using node = await listening()
      address = String(node.transports.getAddrs()[0])
      throw new Error('in the block')
    }
    await expect(failing()).rejects.toThrow('in the block')
    const socket = connect(Number(/\d+$/.exec(address)?.[0]), '127.0.0.1')
    const [error] = await once(socket, 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('has the identity of its key, and a fresh one without', async () => {
    const pair = await generateKeyPairOf('secp256k1')
    await using node = await openNode({ privateKey: encodePrivateKey(pair) })
    await using one = await openNode()
    await using two = await openNode()
    expect(node.peerId.toString()).toBe(peerIdOf(pair))
    expect(one.peerId.equals(two.peerId)).toBe(false)
  })

  it('listens nowhere unless told to, and has secure defaults', async () => {
    await using node = await openNode()
    expect(describeNode(node)).toEqual({
      identity: { peerId: node.peerId.toString(), agentVersion: expect.any(String) },
      address: { listening: [], announced: [] },
      transport: ['tcp', 'quic', 'ws', 'relay'],
      security: { protocols: ['/noise', '/tls/1.0.0'], privateNetwork: false },
      muxer: ['yamux', 'mplex'],
      connection: { open: 0, limits: { maxConnections: expect.any(Number), inboundPerSecond: expect.any(Number) } },
      protocol: expect.arrayContaining(['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0']),
    })
  })

  it('describes what its spec asked for, without any secret', async () => {
    const preSharedKey = new Uint8Array(32).fill(0xab)
    const spec: NodeSpec = {
      announce: ['/ip4/203.0.113.1/tcp/1'],
      security: ['tls'],
      muxers: ['mplex'],
      agentVersion: 'me/1',
    }
    await using node = await listening({ ...spec, services: ['echo'], preSharedKey, limits: { maxConnections: 5 } })
    const description = describeNode(node)
    expect(description).toMatchObject({
      identity: { agentVersion: 'me/1' },
      address: { listening: [expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]/)] },
      transport: ['tcp'],
      security: { protocols: ['/tls/1.0.0'], privateNetwork: true },
      muxer: ['mplex'],
      connection: { open: 0, limits: { maxConnections: 5 } },
      protocol: ['/echo/1.0.0'],
    })
    expect(description.address.announced.join()).toContain('/ip4/203.0.113.1/tcp/1')
    expect(JSON.stringify(description)).not.toContain(Buffer.from(preSharedKey).toString('base64').slice(0, 8))
  })

  it('does not open when its signal has aborted', async () => {
    const opening = openNode({ listen: [loopback] }, { signal: AbortSignal.abort(new Error('stopped')) })
    await expect(opening).rejects.toThrow('stopped')
  })

  it('dials no private address that it was not told to', async () => {
    await using node = await listening()
    await using dialer = await openNode({ transports: ['tcp'] })
    await expect(dialer.libp2p.dial(multiaddr(addressOf(node)))).rejects.toThrow()
    expect(node.libp2p.getConnections()).toEqual([])
    await dialTarget(dialer, target(addressOf(node)), noLimit)
    expect(dialer.libp2p.getConnections()).toHaveLength(1)
  })

  it('runs no connection monitor: nothing is asked of a connection by itself', async () => {
    await using node = await listening()
    await using dialer = await openNode({ transports: ['tcp'] })
    const { connection } = await dialTarget(dialer, target(addressOf(node)), noLimit)
    expect(connection.streams).toEqual([])
    expect(node.libp2p.getConnections().flatMap(({ streams }) => streams)).toEqual([])
  })

  it('takes no more connections than its limit', async () => {
    await using node = await listening({ limits: { maxConnections: 1 } })
    await using first = await openNode({ transports: ['tcp'] })
    await using second = await openNode({ transports: ['tcp'] })
    await dialTarget(first, target(addressOf(node)), noLimit)
    await expect(dialTarget(second, target(addressOf(node)), noLimit)).rejects.toMatchObject({ name: 'ToolkitError' })
    expect(node.libp2p.getConnections()).toHaveLength(1)
  })

  it('tells of strangers beyond its limit a second, and lets peers in again after', async () => {
    let tell = (_message: string) => {}
    const told = new Promise<string>((resolve) => {
      tell = (message) => /limit of connections/.test(message) && resolve(message)
    })
    await using node = await openNode(
      { listen: [loopback], transports: ['tcp'], limits: { inboundPerSecond: 1 } },
      {},
      { inboundFailed: (failure) => tell(failure.message) },
    )
    const port = Number(node.transports.getAddrs()[0]?.getComponents()[1]?.value)
    for (let stranger = 0; stranger < 20; stranger++)
      connect(port, '127.0.0.1')
        .on('error', () => {})
        .end('GET /')
    await told
    await using dialer = await openNode({ transports: ['tcp'] })
    const letIn = async () => await dialTarget(dialer, target(addressOf(node)), noLimit).catch(() => undefined)
    while ((await letIn()) === undefined);
  })
})
