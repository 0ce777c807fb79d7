import { setMaxListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import type { Target } from '../../addresses/target.ts'
import { messageOf } from '../../errors/causes.ts'
import { until } from '../../errors/deadline.ts'
import { dialTarget } from '../../node/dial.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { speaksPubsub } from './speaks.ts'

/** Time until a peer is dialled again, doubled each time, in milliseconds. */
const firstWaitMs = 1000
const longestWaitMs = 60_000
/** Share of each wait that is left to chance: those that have lost the same peer do not come back all at once. */
const jitter = 0.25

/** Told how it goes. */
interface JoinListener {
  /** the peer was reached, or could not be, for the first time */
  onTried: () => void
  onNote: (note: string) => void
}

/**
 * Keeps a node connected to a peer until the signal aborts. One that cannot be reached, or is lost, is dialled again, after
 * twice as long each time; from the beginning once it has stayed for longer than it was waited for, so that one that hangs
 * up at once is not dialled each second.
 *
 * @param node - a running node
 * @param target - the peer
 * @param listener - told once that the peer cannot be reached, and each time that it is lost, and is there again
 * @param context - signal, and the time limit of each dial
 */
export async function stayJoined(
  node: RunningNode,
  target: Target,
  { onTried, onNote }: JoinListener,
  context: OperationContext,
): Promise<void> {
  const { signal } = context
  const { label } = target
  let { peer } = target
  let before: 'nothing' | 'in vain' | 'lost' = 'nothing'
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      // it may have come by itself
      if (!isConnected(node, peer)) {
        const { connection } = await dialTarget(node, target, context)
        peer = connection.remotePeer.toString()
        // said once
        if (before !== 'lost') void warn(node, connection, label, onNote, signal)
      }
      if (before !== 'nothing') onNote(`joined to ${label}${before === 'lost' ? ' again' : ''}`)
      onTried()
      const since = performance.now()
      await lost(node, peer, signal)
      before = 'lost'
      if (performance.now() - since > waitMs) waitMs = firstWaitMs
      onNote(`lost ${label}: it is dialled again`)
    } catch (error) {
      if (signal.aborted) return
      if (before === 'nothing') {
        before = 'in vain'
        onNote(`not joined to ${label}, it is dialled again: ${messageOf(error)}`)
      }
      onTried()
    }
    await setTimeout(waitMs * (1 - jitter * Math.random()), undefined, { signal }).catch(() => {})
  }
}

async function warn(
  node: RunningNode,
  connection: Connection,
  label: string,
  onNote: (note: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const speaks = await speaksPubsub(node, connection, signal).catch(() => true)
  if (!speaks) onNote(`${label} does not speak pub/sub`)
}

function isConnected(node: RunningNode, peer: string | undefined): boolean {
  return node.libp2p.getPeers().some((connected) => connected.toString() === peer)
}

/**
 * Waits until no connection to a peer is left.
 *
 * @param node - a running node
 * @param peer - its peer ID
 * @param signal - ends the wait
 * @throws the signal's reason
 */
export async function lost(node: RunningNode, peer: string | undefined, signal: AbortSignal): Promise<void> {
  // one for each peer that is joined
  setMaxListeners(0, node.libp2p)
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (!isConnected(node, peer)) resolve()
  }
  node.libp2p.addEventListener('peer:disconnect', look)
  try {
    look()
    await until(promise, signal)
  } finally {
    node.libp2p.removeEventListener('peer:disconnect', look)
  }
}
