import { createHash } from 'node:crypto'
import { type GossipSubComponents, gossipsub, type Message } from '@libp2p/gossipsub'
import { floodsubProtocol } from '../../protocols/pubsub/protocol.ts'
import type { PubsubSpec } from '../spec.ts'
import { Pubsub, type PubsubComponents } from './pubsub.ts'
import { openedUp, type RawMessage } from './router.ts'

/** Without a mesh, and without gossip, gossipsub is floodsub: it sends each message to all who have announced its topic. */
const withoutMesh = { D: 0, Dlo: 0, Dout: 0, Dlazy: 0, gossipFactor: 0 }

/**
 * Makes the service of libp2p with which a node takes part in pub/sub. Both routers are libp2p's gossipsub: its floodsub
 * keeps no bound on topics and messages, numbers messages at random, and takes a forged message for the one that it copies.
 *
 * @param spec - the router, and whether messages are signed
 * @returns services of libp2p, by their names
 */
export function pubsubServices({ router: name, signing }: PubsubSpec) {
  const published = new WeakMap<Uint8Array, Uint8Array>()
  const init = {
    globalSignaturePolicy: signing === 'strict' ? ('StrictSign' as const) : ('StrictNoSign' as const),
    msgIdFn(message: Message) {
      const id = messageId(message)
      published.set(message.data, id)
      return id
    },
    // a copy is known without its signature being checked again, which takes most of the time of a message
    ...(signing === 'strict' && { fastMsgIdFn: copyId }),
    msgIdToStrFn: (id: Uint8Array) => Buffer.from(id).toString('latin1'),
    runOnLimitedConnection: true,
    awaitRpcMessageHandler: true,
    tagMeshPeers: false,
    // many peers of one host are one LAN, one NAT or one test
    scoreParams: { IPColocationFactorWeight: 0 },
    ...(name === 'floodsub' && withoutMesh),
  }
  return {
    pubsub(components: GossipSubComponents & PubsubComponents) {
      const router = openedUp(gossipsub(init)(components))
      if (name === 'floodsub') router.protocols = [floodsubProtocol]
      return new Pubsub(router, published, components)
    },
  }
}

/** The pubsub spec's default, "Message identification": `from` and `seqno`; by the payload where there are none. */
function messageId(message: Message): Uint8Array {
  if (message.type === 'unsigned') return createHash('sha256').update(message.data).digest()
  const seqno = Buffer.alloc(8)
  seqno.writeBigUInt64BE(message.sequenceNumber)
  return Buffer.concat([message.from.toMultihash().bytes, seqno])
}

/** The same for two messages only where one signature fits both, or one of them is forged. */
function copyId({ signature, data }: RawMessage): string {
  return `${Buffer.from(signature ?? []).toString('latin1')} ${data?.length ?? 0}`
}
