import { setMaxListeners } from 'node:events'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { lookAround, type Meeting } from './meeting.ts'
import { stayJoined } from './stay-joined.ts'

/** A node that takes part until its block ends. */
interface Joined extends AsyncDisposable {
  /** settles when each peer that is known from the beginning was reached, or could not be */
  tried: Promise<void>
}

/**
 * Has a node that others can join find them as well, in the background, and come back to those that it was told of.
 *
 * @param node - a node with pub/sub that listens
 * @param meeting - how the others are found; told of peers that cannot be reached, or were lost
 * @param context - signal, and the time limit of reaching each
 * @returns what ends it
 * @throws ToolkitError as `meetByMdns` does
 */
export async function join(node: RunningNode, meeting: Meeting, context: OperationContext): Promise<Joined> {
  const { peers, onNote } = meeting
  const searching = await lookAround(node, meeting, context)
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  setMaxListeners(0, signal)
  const staying = peers.map((peer) => {
    const { promise: tried, resolve: onTried } = Promise.withResolvers<void>()
    const ended = stayJoined(node, peer, { onTried, onNote }, { ...context, signal })
    return { tried: Promise.race([tried, ended]), ended }
  })
  return {
    tried: Promise.all(staying.map(({ tried }) => tried)).then(() => {}),
    async [Symbol.asyncDispose]() {
      end.abort(new Error('it takes part no more'))
      await Promise.all(staying.map(({ ended }) => ended))
      await searching?.[Symbol.asyncDispose]()
    },
  }
}
