import { type GossipSubComponents, gossipsub, type Message } from '@libp2p/gossipsub'
import { floodsubProtocol } from '../../protocols/pubsub/protocol.ts'
import type { PubsubSpec } from '../spec.ts'
import { idText, messageId } from './message-id.ts'
import { Pubsub, type PubsubComponents } from './pubsub.ts'
import { openedUp } from './router.ts'

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
    msgIdToStrFn: idText,
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
