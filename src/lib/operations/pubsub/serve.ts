import type { RunningNode } from '../../node/running-node.ts'
import type { RejectedRecord } from '../../records/pubsub.ts'

/**
 * Has a node pass the messages of topics on for as long as it runs: a hub that others meet at.
 *
 * @param node - a running node, with pub/sub where there are topics
 * @param topics - what it subscribes to
 * @param onRejected - told of what it does not take
 */
export function serveTopics(node: RunningNode, topics: string[], onRejected: (record: RejectedRecord) => void): void {
  node.pubsub?.watch({
    rejected: (rejection) => onRejected({ type: 'rejected', at: new Date().toISOString(), ...rejection }),
  })
  for (const topic of topics) node.pubsub?.router.subscribe(topic)
}
