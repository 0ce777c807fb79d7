import { expect, it } from 'vitest'
import { dhtNetwork } from '../../src/lib/addresses/dht-network.ts'
import { groupTargets } from '../../src/lib/addresses/target.ts'
import { contentKey } from '../../src/lib/keys/dht-key.ts'
import { openNode } from '../../src/lib/node/node.ts'
import { keepProviding } from '../../src/lib/operations/dht/keep-providing.ts'
import { kadMessage, kadPeer, kadServer, network } from '../support/dht.ts'

it('provides again and again, though one time fails, until it is told to end', async () => {
  await using node = await openNode({
    listen: ['/ip4/127.0.0.1/tcp/0'],
    transports: ['tcp'],
    dht: { mode: 'server', network },
  })
  const [own = ''] = node.transports.getAddrs().map(String)
  let told = 0
  const server = await kadServer(({ type }) => {
    if (type === 'ADD_PROVIDER') {
      told++
      return undefined
    }
    const stored = type === 'GET_PROVIDERS' && told !== 2
    return kadMessage(type, ...(stored ? [kadPeer(9, node.peerId.toString(), own)] : []))
  })
  const ending = new AbortController()
  const notes: string[] = []
  const input = {
    network: dhtNetwork(network),
    bootstrap: groupTargets([server.address]),
    key: contentKey('content'),
    announce: [],
    everyMs: 1,
    onNote: (note: string) => notes.push(note),
  }
  const acknowledged: number[] = []
  for await (const record of keepProviding(node, input, { signal: ending.signal, timeoutMs: 30_000 })) {
    if (record.type === 'stored') acknowledged.push(record.acknowledged)
    if (record.type === 'summary' && acknowledged.length === 3) ending.abort()
  }
  expect(acknowledged).toEqual([1, 0, 1])
  expect(notes).toEqual(['not provided again: nobody stored it'])
})
