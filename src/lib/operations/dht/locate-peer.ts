import type { BareTarget, Target } from '../../addresses/target.ts'
import { classify } from '../../errors/classify.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import { findPeer } from './find-peer.ts'
import type { DhtInput } from './input.ts'
import { targetOf } from './told-peer.ts'

/**
 * Looks up where a peer is that is named by its ID alone (kad-dht spec, "Peer routing").
 *
 * @param node - the node that asks
 * @param target - the peer
 * @param input - whom to ask
 * @param context - signal, and the time limit of the look-up
 * @returns the same target with addresses, one at least
 * @throws ToolkitError `unreachable` where nobody knows an address of it; as `findPeer` does where nobody answered
 */
export async function locatePeer(
  node: RunningNode,
  target: BareTarget,
  input: DhtInput,
  context: OperationContext,
): Promise<Target> {
  const { label, peer } = target
  const { inspector } = node
  const started = performance.now()
  let found: string[] = []
  let asked = 0
  try {
    for await (const record of findPeer(node, { ...input, peer }, context)) {
      if (record.type === 'peer') found = record.addresses
      else asked = record.queried
    }
  } catch (error) {
    context.signal.throwIfAborted()
    const failure = explain(
      classify(error),
      peer,
      `${input.network.name}, asked ${asked} peer${asked === 1 ? '' : 's'}`,
    )
    const { code, message } = failure
    inspector?.observe({ layer: 'address', type: 'name-failed', detail: { name: label, code, message } })
    throw failure
  }
  const detail = { name: label, found, elapsedMs: performance.now() - started }
  inspector?.observe({ layer: 'address', type: 'name-resolved', detail })
  return { ...target, addresses: targetOf(peer, found).addresses }
}

/** A peer that nobody knows cannot be reached, however well its DHT works. */
function explain(error: ToolkitError, peer: string, where: string): ToolkitError {
  const { code, message, layer, addresses, suggestions, cause } = error
  if (code !== 'negative') {
    const about = { ...(layer && { layer }), peer, addresses, suggestions, cause }
    return new ToolkitError(code, `${peer} cannot be looked up: ${message}`, about)
  }
  return new ToolkitError('unreachable', `no address known for ${peer}: not in the DHT of ${where}`, {
    layer: 'routing',
    peer,
    suggestions: ['give an address that ends in it, or --network and --bootstrap of a DHT that it is part of'],
  })
}
