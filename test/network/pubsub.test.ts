import { setImmediate } from 'node:timers/promises'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Message } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { groupTargets } from '../../src/lib/addresses/target.ts'
import { encodePrivateKey } from '../../src/lib/keys/encode.ts'
import { generateKeyPairOf } from '../../src/lib/keys/generate.ts'
import { describeNode, dialTarget, type NodeSpec, openNode } from '../../src/lib/node/node.ts'
import type { RawMessage } from '../../src/lib/node/pubsub/router.ts'
import { splitRpc } from '../../src/lib/node/pubsub/split-rpc.ts'
import { pubsubOf } from '../../src/lib/operations/pubsub/connect.ts'
import { subscribersOf } from '../../src/lib/operations/pubsub/subscribers.ts'
import { longestRpc } from '../../src/lib/protocols/pubsub/protocol.ts'
import { field, framed, identifyField } from '../support/identify-message.ts'
import { foreignPeer } from '../support/peers.ts'
import { publishing, rpcPeer, signedMessage } from '../support/pubsub.ts'
import { linePeer } from '../support/raw-peer.ts'
import { bytesField } from '../support/signed-record.ts'

const pubsub = { router: 'gossipsub', signing: 'strict' } as const
const listening = (spec: NodeSpec) => openNode({ listen: ['/ip4/127.0.0.1/tcp/0'], transports: ['tcp'], ...spec })
const context = { signal: new AbortController().signal, timeoutMs: 10_000 }

describe('NodeSpec.pubsub', () => {
  it('speaks floodsub alone, or with gossipsub', async () => {
    await using gossip = await listening({ pubsub })
    await using flood = await listening({ pubsub: { ...pubsub, router: 'floodsub' } })
    expect(describeNode(gossip).protocol).toEqual(expect.arrayContaining(['/meshsub/1.2.0', '/floodsub/1.0.0']))
    const spoken = describeNode(flood).protocol
    expect(spoken.filter((protocol) => /sub\//.test(protocol))).toEqual(['/floodsub/1.0.0'])
  })

  it.each(['ed25519', 'secp256k1', 'rsa'] as const)('fills an RPC to the last byte: %s', async (keyType) => {
    await using server = await listening({ pubsub })
    const privateKey = encodePrivateKey(await generateKeyPairOf(keyType))
    await using client = await openNode({ transports: ['tcp'], pubsub, privateKey })
    const topic = 'a topic'
    pubsubOf(server).router.subscribe(topic)
    const [target] = groupTargets([`${server.transports.getAddrs()[0]}/p2p/${server.peerId}`])
    if (target === undefined) throw new Error('it listens')
    await dialTarget(client, target, context)
    await subscribersOf(pubsubOf(client), topic, 1, context.signal)
    const longest = pubsubOf(client).longestPayload(topic)
    const arrived = new Promise<number>((resolve) => {
      pubsubOf(server).watch({ message: ({ data }) => resolve(data.length) })
    })
    const sent = new Promise<number>((resolve) => {
      pubsubOf(client).watch({ rpc: (_, __, { messages: [message] }) => message && resolve(sizeOf(message)) })
    })
    await pubsubOf(client).publish(topic, new Uint8Array(longest))
    expect(await arrived).toBe(longest)
    const bytes = await sent
    expect(bytes).toBeLessThanOrEqual(longestRpc)
    // a signature may be shorter than the longest of its kind
    expect(bytes).toBeGreaterThan(longestRpc - (keyType === 'rsa' ? 64 : 16))
  })

  it('keeps nothing of an RPC but its messages', async () => {
    await using node = await listening({ pubsub })
    pubsubOf(node).router.subscribe('news')
    const arrived = new Promise<Message>((resolve) => pubsubOf(node).watch({ message: resolve }))
    const { signer, send } = await rpcPeer(`${node.transports.getAddrs()[0]}/p2p/${node.peerId}`)
    const unknown = bytesField(15, Buffer.alloc(1_000_000))
    const message = Buffer.concat([signedMessage(signer, { data: '8 bytes!' }), unknown])
    send(Buffer.concat([publishing(message), unknown]))
    const { data } = await arrived
    expect(Buffer.from(data).toString()).toBe('8 bytes!')
    expect(data.buffer.byteLength).toBeLessThan(1000)
  })

  it('takes no key that is longer than keys are', async () => {
    await using node = await listening({ pubsub })
    pubsubOf(node).router.subscribe('news')
    const rejected = new Promise<string>((resolve) => {
      pubsubOf(node).watch({ rejected: ({ reason }) => resolve(reason), message: () => resolve('none') })
    })
    const { signer, send } = await rpcPeer(`${node.transports.getAddrs()[0]}/p2p/${node.peerId}`)
    const key = Buffer.concat([signer.publicKey, bytesField(15, Buffer.alloc(3000))])
    send(publishing(signedMessage(signer, { key })))
    expect(await rejected).toMatch(/too long$/)
  })

  it('opens its stream on another connection where one goes away while it is being negotiated', async () => {
    await using node = await listening({ pubsub })
    const address = multiaddr(`${node.transports.getAddrs()[0]}/p2p/${node.peerId}`)
    let identified = 0
    const { promise: known, resolve: onKnown } = Promise.withResolvers<void>()
    node.libp2p.addEventListener('peer:identify', () => ++identified === 2 && onKnown())
    const privateKey = await generateKeyPair('Ed25519')
    const protocol = '/meshsub/1.1.0'
    const { publicKey, protocols } = identifyField
    const identity = [field(publicKey, publicKeyToProtobuf(privateKey.publicKey)), field(protocols, protocol)]
    // the same peer twice: once it does not answer for pub/sub
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>()
    const silent = await linePeer(
      (line, stream) => {
        if (line.startsWith('/meshsub/')) return void onAsked()
        queueMicrotask(() => {
          stream.send(framed(Buffer.concat(identity)))
          void stream.close()
        })
        return line
      },
      { privateKey },
    )
    const other = await foreignPeer({ privateKey, services: { identify: identify() } })
    const opened = new Promise<void>((resolve) => void other.handle(protocol, () => resolve()))
    await silent.libp2p.dial(address)
    await asked
    await other.dial(address)
    await known
    await setImmediate()
    for (const connection of silent.libp2p.getConnections()) connection.abort(new Error('gone'))
    await opened
  })

  it('answers a request for many messages by several RPCs', () => {
    const messages = Array.from({ length: 10 }, () => ({ topic: 'news', data: new Uint8Array(300_000) }))
    const parts = splitRpc({ subscriptions: [{ topic: 'news', subscribe: true }], messages })
    expect(parts.map((part) => part.messages.length)).toEqual([3, 3, 3, 1])
    expect(parts.flatMap((part) => part.messages)).toEqual(messages)
    expect(parts.flatMap((part) => part.subscriptions)).toHaveLength(1)
  })

  it.each<[string, NodeSpec]>([
    ['pubsub.router', { pubsub: JSON.parse('{"router":"pigeon","signing":"strict"}') }],
    ['pubsub.signing', { pubsub: JSON.parse('{"router":"floodsub","signing":"lax"}') }],
    ['identify', { pubsub, services: ['ping'] }],
  ])('refuses what cannot be: %s', async (message, spec) => {
    await expect(openNode(spec)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(message) })
  })
})

/** An RPC of one message: each field has its number and its length in front (protobuf, "Length-Delimited Records"). */
function sizeOf({ topic, from, data, seqno, signature, key }: RawMessage): number {
  const field = (bytes: number) => 1 + Math.ceil((Math.floor(Math.log2(Math.max(1, bytes))) + 1) / 7) + bytes
  const fields = [Buffer.from(topic), from, data, seqno, signature, key]
  return field(fields.reduce((sum, value) => sum + (value === undefined ? 0 : field(value.length)), 0))
}
