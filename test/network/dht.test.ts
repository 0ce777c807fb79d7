import { describe, expect, it } from 'vitest'
import { dhtNetwork } from '../../src/lib/addresses/dht-network.ts'
import { groupTargets } from '../../src/lib/addresses/target.ts'
import { describeNode, dialTarget, type NodeSpec, openNode } from '../../src/lib/node/node.ts'
import { dhtPing } from '../../src/lib/operations/dht/dht-ping.ts'
import { collect } from '../support/collect.ts'

const listening = (spec: NodeSpec) => openNode({ listen: ['/ip4/127.0.0.1/tcp/0'], transports: ['tcp'], ...spec })
const context = { signal: new AbortController().signal, timeoutMs: 10_000 }
const targetOf = (node: Awaited<ReturnType<typeof openNode>>) =>
  groupTargets([`${node.transports.getAddrs()[0]}/p2p/${node.peerId}`])[0] ?? expect.unreachable()

describe('NodeSpec.dht', () => {
  it.each([
    ['amino', '/ipfs/kad/1.0.0'],
    ['lan', '/ipfs/lan/kad/1.0.0'],
    ['/mine/kad/1.0.0', '/mine/kad/1.0.0'],
  ])('serves %s as a server, and not as a client', async (network, protocol) => {
    await using server = await listening({ dht: { mode: 'server', network } })
    await using client = await listening({ dht: { mode: 'client', network } })
    expect(describeNode(server).protocol).toContain(protocol)
    expect(describeNode(client).protocol).not.toContain(protocol)
    await using asking = await openNode({ transports: ['tcp'] })
    const input = { target: targetOf(server), network: dhtNetwork(network) }
    expect((await collect(dhtPing(asking, input, context))).map(({ type }) => type)).toEqual(['pong', 'summary'])
    await expect(collect(dhtPing(asking, { ...input, target: targetOf(client) }, context))).rejects.toMatchObject({
      code: 'protocol',
    })
  })

  it('is told by identify as soon as there is a connection', async () => {
    const dht = { mode: 'server', network: '/mine/kad/1.0.0' } as const
    await using server = await listening({ dht })
    await using other = await listening({ dht })
    const identified = new Promise((resolve) => other.libp2p.addEventListener('peer:identify', resolve))
    await dialTarget(other, targetOf(server), context)
    expect(await identified).toMatchObject({ detail: { protocols: expect.arrayContaining([dht.network]) } })
  })

  it.each<[string, NodeSpec]>([
    ['dht.mode', { dht: JSON.parse('{"mode":"both","network":"lan"}') }],
    ['not a DHT', { dht: { mode: 'server', network: 'wan' } }],
    ['dht.validators', { dht: JSON.parse('{"mode":"server","network":"lan","validators":{"v":"some"}}') }],
    ['ipns is not one of v', { dht: { mode: 'server', network: 'lan', validators: { v: 'ipns' } } }],
    ['identify', { dht: { mode: 'server', network: 'lan' }, services: ['ping'] }],
  ])('refuses what cannot be: %s', async (message, spec) => {
    await expect(openNode(spec)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(message) })
  })
})
