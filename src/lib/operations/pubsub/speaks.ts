import type { Connection, IdentifyResult } from '@libp2p/interface'
import { until } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { RunningNode } from '../../node/running-node.ts'

/**
 * Waits until identify has told whether a peer speaks pub/sub.
 *
 * @param node - a node with pub/sub
 * @param connection - to the peer
 * @param signal - ends the wait
 * @returns whether it does, by any protocol of the node's router
 * @throws the signal's reason
 */
export async function speaksPubsub(
  { libp2p, pubsub }: RunningNode,
  { remotePeer }: Connection,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = pubsub?.router.protocols ?? []
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const tell = (protocols: string[]) => resolve(protocols.some((protocol) => wanted.includes(protocol)))
  const onIdentify = ({ detail: { peerId, protocols } }: CustomEvent<IdentifyResult>) => {
    if (peerId.equals(remotePeer)) tell(protocols)
  }
  libp2p.addEventListener('peer:identify', onIdentify)
  try {
    // it may have told already
    const known = await libp2p.peerStore.get(remotePeer, { signal }).catch(() => undefined)
    if (known !== undefined && known.protocols.length > 0) tell(known.protocols)
    return await until(promise, signal)
  } finally {
    libp2p.removeEventListener('peer:identify', onIdentify)
  }
}

/**
 * Refuses peers none of whom speaks pub/sub, as soon as that is known of all of them.
 *
 * @param node - a node with pub/sub
 * @param connections - to the peers; nothing is refused where there are none
 * @param signal - ends the wait; who has not told by then may speak it
 * @throws ToolkitError `protocol`
 */
export async function refuseSilent(node: RunningNode, connections: Connection[], signal: AbortSignal): Promise<void> {
  const speak = async (connection: Connection) => {
    const speaks = await speaksPubsub(node, connection, signal).catch(() => true)
    if (!speaks) throw new Error(`${connection.remotePeer} does not speak it`)
  }
  if (connections.length === 0) return
  try {
    await Promise.any(connections.map(speak))
  } catch (error) {
    throw new ToolkitError('protocol', 'the peers do not speak pub/sub', {
      layer: 'pubsub',
      cause: error,
      suggestions: ['p2p identify ADDR lists what a peer speaks'],
    })
  }
}
