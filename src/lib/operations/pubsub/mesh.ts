import { setTimeout } from 'node:timers/promises'
import type { RunningNode } from '../../node/running-node.ts'
import type { MeshRecord } from '../../records/pubsub.ts'
import { pubsubOf } from './connect.ts'
import { Latencies } from './latencies.ts'
import { RpcCounts } from './rpc-counts.ts'

/** From one record to the next, in milliseconds: a heartbeat. */
const everyMs = 1000
/** Peers that a record tells of: those of the mesh come first. */
const mostShown = 200

type MeshPeer = MeshRecord['peers'][number]

/** What is looked at. */
export interface MeshInput {
  topic: string
  /** end after this many records */
  count?: number | undefined
}

/**
 * Subscribes to a topic, and tells each second what its mesh is like, until the signal aborts.
 *
 * @param node - a node with pub/sub
 * @param input - the topic
 * @param signal - ends it
 * @returns the mesh at each moment
 */
export async function* mesh(node: RunningNode, input: MeshInput, signal: AbortSignal): AsyncGenerator<MeshRecord> {
  const { topic, count = Number.POSITIVE_INFINITY } = input
  const pubsub = pubsubOf(node)
  const counts = new RpcCounts()
  using _ = pubsub.watch({ rpc: (direction, peer, rpc) => counts.add(direction, peer, rpc) })
  await using latencies = new Latencies(node, signal)
  pubsub.router.subscribe(topic)
  for (let record = 0; record < count; record++) {
    await setTimeout(everyMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    const connected = [...pubsub.router.peers.keys()]
    counts.keep(connected)
    latencies.measure(connected)
    yield snapshot(node, topic, counts, latencies)
  }
}

function snapshot(node: RunningNode, topic: string, counts: RpcCounts, latencies: Latencies): MeshRecord {
  const pubsub = pubsubOf(node)
  const { router } = pubsub
  const inMesh = router.mesh.get(topic) ?? new Set<string>()
  const inFanout = router.fanout.get(topic) ?? new Set<string>()
  const known = router.topics.get(topic) ?? new Set<string>()
  const stateOf = (peer: string): MeshPeer['state'] => {
    if (inMesh.has(peer)) return 'mesh'
    if (inFanout.has(peer)) return 'fanout'
    return known.has(peer) ? 'known' : 'connected'
  }
  const stats = router.dumpPeerScoreStats()
  const describe = (peer: string): MeshPeer => {
    const protocol = pubsub.protocolOf(peer)
    const latencyMs = latencies.of(peer)
    return {
      peer,
      state: stateOf(peer),
      ...(protocol !== undefined && { protocol }),
      ...counts.of(peer),
      score: router.getScore(peer),
      components: { behaviourPenalty: stats[peer]?.behaviourPenalty ?? 0 },
      ...(latencyMs !== undefined && { latencyMs }),
    }
  }
  const order = ['mesh', 'fanout', 'known', 'connected']
  const peers = [...router.peers.keys()].toSorted((a, b) => order.indexOf(stateOf(a)) - order.indexOf(stateOf(b)))
  return {
    type: 'mesh',
    at: new Date().toISOString(),
    topic,
    mesh: [...inMesh],
    fanout: [...inFanout],
    known: [...known],
    peers: peers.slice(0, mostShown).map(describe),
  }
}
