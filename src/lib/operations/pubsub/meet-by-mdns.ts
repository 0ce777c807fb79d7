import { setMaxListeners } from 'node:events'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { answerMdns } from '../mdns/answer-mdns.ts'
import type { MdnsInput } from '../mdns/input.ts'
import { PeerSearch } from '../mdns/peer-search.ts'
import { meet } from './meet.ts'

/** Peers that are found by mDNS and connected to: whoever floods the local network gets no further. */
const mostMet = 50

/**
 * Connects a node to the peers of the local network, as they are found. One that listens is found by them as well.
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
    for await (const told of search.peers(signal)) {
      if (told.peer !== own && met++ < mostMet) void meet(node, told, { ...context, signal })
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
