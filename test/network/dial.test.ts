import { describe, expect, it } from 'vitest'
import { groupTargets } from '../../src/lib/addresses/target.ts'
import { dialTarget, openNode } from '../../src/lib/node/node.ts'
import { refusedPort, tcpServer } from '../support/servers.ts'

const signal = new AbortController().signal
const noLimit = { signal, timeoutMs: 0 }
const target = (...addresses: string[]) => groupTargets(addresses)[0] ?? expect.unreachable()

describe('dialTarget', () => {
  it('ends with its signal’s reason, or at its deadline with a time-out that names the layer', async () => {
    const silent = await tcpServer()
    await using node = await openNode({ transports: ['tcp'] })
    const controller = new AbortController()
    const dialling = dialTarget(node, target(silent.address), { signal: controller.signal, timeoutMs: 0 })
    controller.abort(new Error('ctrl-c'))
    await expect(dialling).rejects.toThrow('ctrl-c')
    const late = dialTarget(node, target(silent.address), { signal, timeoutMs: 200 })
    await expect(late).rejects.toMatchObject({ code: 'timeout', layer: 'security', addresses: [{ tried: true }] })
  })

  it('tries addresses in the order of the transports that the node prefers', async () => {
    const loopback = '/ip4/127.0.0.1/tcp/0'
    await using node = await openNode({ listen: [loopback, `${loopback}/ws`], transports: ['tcp', 'ws'] })
    const addresses = node.transports.getAddrs().map((address) => `${address}/p2p/${node.peerId}`)
    for (const transports of [
      ['ws', 'tcp'],
      ['tcp', 'ws'],
    ] as const) {
      await using dialer = await openNode({ transports: [...transports] })
      const { address } = await dialTarget(dialer, target(...addresses), noLimit)
      expect(address.toString().includes('/ws')).toBe(transports[0] === 'ws')
    }
  })

  it('lists each address with its own cause when none works', async () => {
    await using node = await openNode({ transports: ['tcp'] })
    const refused = `/ip4/127.0.0.1/tcp/${await refusedPort()}/p2p/${node.peerId}`
    const quic = `/ip4/127.0.0.1/udp/1/quic-v1/p2p/${node.peerId}`
    await expect(dialTarget(node, target(refused, quic), noLimit)).rejects.toMatchObject({
      code: 'unreachable',
      addresses: expect.arrayContaining([
        expect.objectContaining({ address: refused, tried: true, message: expect.stringContaining('ECONNREFUSED') }),
        expect.objectContaining({ address: quic, tried: false, message: expect.stringContaining('quic') }),
      ]),
    })
  })
})
