import { setMaxListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { answerMdns } from '../mdns/answer-mdns.ts'
import type { MdnsInput } from '../mdns/input.ts'
import { type HeardPeer, PeerSearch } from '../mdns/peer-search.ts'
import { meet } from './meet.ts'
import { lost } from './stay-joined.ts'

/** Peers that are found by mDNS and connected to at a time: whoever floods the local network gets no further. */
const mostMet = 50
/** How long one that could not be reached, or was lost, counts as met, in milliseconds: forged answers cost nothing. */
const againAfterMs = 10_000

/**
 * Connects a node to the peers of the local network, as they are found, and again where they were lost and are told of again. One
 * that listens is found by them as well.
 *
 * @param node - a node with pub/sub
 * @param input - the service, and who is told what happens
 * @param context - signal, and the time limit of reaching each
 * @returns what ends it
 * @throws ToolkitError as `answerMdns` does; `local` or `unreachable` where it can be asked on no interface
 */
export async function meetByMdns(
  node: RunningNode,
  input: MdnsInput,
  context: OperationContext,
): Promise<AsyncDisposable> {
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  setMaxListeners(0, signal)
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const meetAll = async () => {
    await using _answering = node.spec.listen.length > 0 ? await answerMdns(node, input) : undefined
    await using search = await PeerSearch.begin(input)
    begin()
    const own = node.peerId.toString()
    let met = 0
    let isFull = false
    for await (const told of search.peers(signal)) {
      if (told.peer === own) continue
      const forget = () => search.forget(told.peer)
      if (met < mostMet) {
        met++
        meetForLong(node, told, { ...context, signal })
          .finally(() => met--)
          .then(forget, forget)
      } else {
        forget()
        if (!isFull) input.onNote(`more than ${mostMet} peers of the local network: the others have to wait`)
        isFull = true
      }
    }
  }
  const meeting = meetAll()
  await Promise.race([begun, meeting])
  return {
    async [Symbol.asyncDispose]() {
      end.abort(new Error('nobody is looked for any more'))
      await meeting
    },
  }
}

/** Connects to a peer, and waits until it may be met again. */
async function meetForLong(node: RunningNode, told: HeardPeer, context: OperationContext): Promise<void> {
  await meet(node, told, context)
  await lost(node, told.peer, context.signal)
  await setTimeout(againAfterMs, undefined, { signal: context.signal })
}
