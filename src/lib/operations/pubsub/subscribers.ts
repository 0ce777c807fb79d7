import type { Pubsub } from '../../node/pubsub/pubsub.ts'

/**
 * Waits until peers have announced a topic, and can be sent to.
 *
 * @param pubsub - pub/sub of a node
 * @param topic - the topic
 * @param count - how many are enough
 * @param signal - ends the wait
 * @returns the peers that have, fewer than `count` where the wait was ended
 */
export async function subscribersOf(
  pubsub: Pubsub,
  topic: string,
  count: number,
  signal: AbortSignal,
): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (pubsub.subscribers(topic).length >= count) resolve()
  }
  using _ = pubsub.watch({ changed: look })
  look()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  return pubsub.subscribers(topic)
}
