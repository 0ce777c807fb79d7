import { expect, it } from 'vitest'
import { context, DhtServer, network, openCheap } from '../../bench/dht/server.ts'
import { findPeer } from '../../src/lib/operations/dht/find-peer.ts'
import { cleanUp } from '../support/cleanup.ts'
import { collect } from '../support/collect.ts'

it('finds every peer of a network of 30 from any other, within this process', async () => {
  const servers: DhtServer[] = []
  for (let port = 1; port <= 30; port++) {
    const server = await DhtServer.open(port)
    cleanUp(() => server.node[Symbol.asyncDispose]())
    const [first] = servers
    if (first !== undefined) await server.join(first)
    servers.push(server)
  }
  await using client = await openCheap()
  for (const [index, { node, target }] of servers.entries()) {
    const from = servers.at(index - 1) ?? expect.unreachable()
    const input = { network, bootstrap: [from.target], peer: node.peerId.toString() }
    const [found, summary] = await collect(findPeer(client, input, context))
    expect(found).toEqual({ type: 'peer', peer: target.peer, addresses: target.addresses.map(String) })
    expect(summary).toMatchObject({ type: 'summary', failed: 0, complete: true })
  }
})
