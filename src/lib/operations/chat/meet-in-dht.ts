import { setTimeout } from 'node:timers/promises'
import { classify } from '../../errors/classify.ts'
import { contentKey } from '../../keys/dht-key.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { findProviders } from '../dht/find-providers.ts'
import type { DhtInput } from '../dht/input.ts'
import { provide } from '../dht/provide.ts'
import { meet } from '../pubsub/meet.ts'

/** Two that come at the same time do not find each other at once: it is tried again, after twice as long each time. */
const firstWaitMs = 2000
const longestWaitMs = 300_000
/** Servers forget a provider after 24 to 48 hours, by their version. */
const provideEveryMs = 12 * 3_600_000
/** Peers of a room that are connected to: a mesh of gossipsub has 6 to 12. */
const enough = 20

/**
 * Finds the peers of a room among many others, and is found by them: each provides the CID of the room's topic (raw,
 * sha2-256) in a DHT, and looks up who else does. Ends with the signal alone; what fails is noted, and tried again.
 *
 * @param node - a node that listens
 * @param topic - of the room
 * @param input - whom to ask, and who is told what fails
 * @param context - signal, and the time limit of each query
 */
export async function meetInDht(
  node: RunningNode,
  topic: string,
  input: DhtInput & { onNote: (note: string) => void },
  context: OperationContext,
): Promise<void> {
  const { signal } = context
  const key = contentKey(topic)
  const noted = new Set<string>()
  const attempt = async (what: string, act: () => Promise<void>): Promise<boolean> => {
    try {
      await act()
      return true
    } catch (error) {
      signal.throwIfAborted()
      const { code, message } = classify(error)
      // nobody is there yet
      const isUsual = what === 'not found' && code === 'negative'
      if (!isUsual && !noted.has(message)) input.onNote(`the room is ${what} in the DHT: ${message}`)
      noted.add(message)
      return false
    }
  }
  const find = async () => {
    for await (const record of findProviders(node, { ...input, key, limit: enough }, context)) {
      if (record.type === 'provider') void meet(node, record, context)
    }
  }
  const tell = async () => {
    for await (const _ of provide(node, { ...input, key, announce: [] }, context));
  }
  let providedAt = Number.NEGATIVE_INFINITY
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    await attempt('not found', find)
    if (performance.now() - providedAt >= provideEveryMs && (await attempt('not provided', tell))) {
      providedAt = performance.now()
    }
    await setTimeout(waitMs, undefined, { signal })
  }
}
