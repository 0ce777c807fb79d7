import type { GossipSub, Message } from '@libp2p/gossipsub'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** A message as an RPC carries it (pubsub spec, "The Message"). */
export interface RawMessage {
  from?: Uint8Array | undefined
  data?: Uint8Array | undefined
  seqno?: Uint8Array | undefined
  topic: string
  signature?: Uint8Array | undefined
  key?: Uint8Array | undefined
}

/** An RPC as the router decodes it (pubsub spec, "The RPC"; gossipsub v1.0 to v1.2, "Control messages"). */
export interface RouterRpc {
  subscriptions: Array<{ topic?: string | undefined; subscribe?: boolean | undefined }>
  messages: RawMessage[]
  control?:
    | {
        ihave: Array<{ messageIDs: Uint8Array[] }>
        iwant: Array<{ messageIDs: Uint8Array[] }>
        graft: Array<{ topicID?: string | undefined }>
        prune: Array<{ topicID?: string | undefined }>
        idontwant: Array<{ messageIDs: Uint8Array[] }>
      }
    | undefined
}

/** What the router makes of a message. */
export type Verdict =
  | { code: 'valid'; messageId: { msgId: Uint8Array; msgIdStr: string }; msg: Message }
  | { code: 'duplicate'; msgIdStr: string }
  | { code: 'invalid'; reason: string; error?: string }

/** The stream on which the router sends to a peer. */
export interface RpcWriter {
  readonly protocol: string
  push(rpc: Uint8Array): void
  pushPrefixed(rpc: Uint8ArrayList): void
  close(): Promise<void>
}

/** What a router has measured of a peer. */
interface PeerStats {
  behaviourPenalty: number
}

/**
 * What is used of libp2p's gossipsub beyond its interface: its streams neither slow a sender down nor bound what waits for
 * a slow receiver, and what it rejects it tells nobody.
 */
interface RouterInternals {
  readonly peers: Map<string, PeerId>
  readonly topics: Map<string, Set<string>>
  readonly subscriptions: Set<string>
  readonly mesh: Map<string, Set<string>>
  readonly fanout: Map<string, Set<string>>
  readonly floodsubPeers: Set<string>
  /** message IDs of the last two minutes, also of what this node has published */
  readonly seenCache: { has(id: string): boolean; put(id: string): void }
  /** hears of each message what it needs to score topics, and keeps it for two minutes */
  readonly score: Record<(typeof scoring)[number], (...details: string[]) => void>
  readonly streamsInbound: Map<string, { close(): Promise<void> }>
  readonly streamsOutbound: Map<string, RpcWriter>
  isStarted(): boolean
  start(): Promise<void>
  stop(): Promise<void>
  createInboundStream(peer: PeerId, stream: Stream): void
  createOutboundStream(peer: PeerId, connection: Connection): Promise<void>
  decodeRpc(bytes: Uint8Array): RouterRpc
  handleReceivedRpc(from: PeerId, rpc: RouterRpc): Promise<void>
  validateReceivedMessage(from: PeerId, message: RawMessage): Promise<Verdict>
  sendRpc(to: string, rpc: RouterRpc): boolean
  sendRpcInBatch(to: Set<string>, rpc: RouterRpc): void
  sendSubscriptions(to: string, topics: string[], subscribe: boolean): void
  graftOnSubscribe(peer: string, topic: string): boolean
  sendGraft(peer: string, topics: string[]): void
  sendIDontWants(id: Uint8Array, topic: string, source: string): void
  onPeerDisconnected(peer: PeerId): void
  getScore(peer: string): number
  dumpPeerScoreStats(): Record<string, PeerStats>
}

/** libp2p's gossipsub, opened up. */
export type Router = GossipSub & RouterInternals

/** What a router's score hears of messages. */
const scoring = ['validateMessage', 'deliverMessage', 'duplicateMessage', 'rejectMessage'] as const

const collections = ['peers', 'topics', 'subscriptions', 'mesh', 'fanout', 'floodsubPeers'] as const
const streams = ['streamsInbound', 'streamsOutbound'] as const
const methods = [
  'isStarted',
  'start',
  'stop',
  'createInboundStream',
  'createOutboundStream',
  'decodeRpc',
  'handleReceivedRpc',
  'validateReceivedMessage',
  'sendRpc',
  'sendRpcInBatch',
  'sendSubscriptions',
  'graftOnSubscribe',
  'sendGraft',
  'sendIDontWants',
  'onPeerDisconnected',
  'getScore',
  'dumpPeerScoreStats',
] as const

/**
 * Opens libp2p's gossipsub up.
 *
 * @param router - what `gossipsub()` makes
 * @returns the same
 * @throws Error where this version of it is made otherwise
 */
export function openedUp(router: GossipSub): Router {
  if (isOpen(router)) {
    // no topic is scored
    for (const name of scoring) router.score[name] = () => {}
    return router
  }
  throw new Error('this version of @libp2p/gossipsub is made otherwise than the one that p2p was written for')
}

function isOpen(router: GossipSub): router is Router {
  const lists = [...collections, ...streams].map((name): unknown => Reflect.get(router, name))
  return (
    lists.every((list) => list instanceof Map || list instanceof Set) &&
    hasMethods(router, methods) &&
    hasMethods(Reflect.get(router, 'seenCache'), ['has', 'put']) &&
    hasMethods(Reflect.get(router, 'score'), scoring)
  )
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof Reflect.get(Object(value), name) === 'function')
}
