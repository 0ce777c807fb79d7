import type { Target } from '../addresses/target.ts'
import { classify } from '../errors/classify.ts'
import { layersOf } from '../node/connection-layers.ts'
import { type Dialed, dialTarget } from '../node/dial.ts'
import { securityModules } from '../node/modules.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import { type MuxerName, type NodeSpec, securityNames } from '../node/spec.ts'
import type { ScannedRecord } from '../records/scanned.ts'
import type { OperationContext } from './context.ts'
import type { ScanPace } from './scan-pace.ts'

/** A record of a scan without the peer that it is about. */
export type Finding = Omit<ScannedRecord, 'type' | 'target' | 'peer'>

/** One protocol of a layer, and the part of a spec that offers it alone. */
interface Offer {
  layer: 'security' | 'muxer'
  protocol: string
  spec: NodeSpec
}

/** What multistream-select negotiates for each muxer. */
const muxerProtocols: Record<MuxerName, string> = { yamux: '/yamux/1.0.0', mplex: '/mplex/6.7.0' }

/**
 * What a node that scans offers where the user does not choose: every security protocol, plaintext last.
 *
 * @returns the part of a spec
 */
export function scanSpec(): NodeSpec {
  return { security: [...securityNames] }
}

/**
 * Tries each security protocol and each muxer that a node offers, alone, each on a connection of its
 * own. QUIC brings both layers along. Through a relay each would bind the relay as well, so that
 * there only what the first connection agreed on is said.
 *
 * @param node - a node that offers them all
 * @param target - the peer
 * @param first - a connection that was made with all of them
 * @param pace - spaces the connections out
 * @param context - signal and time limit, for each connection
 * @returns a finding for each
 * @throws the signal's reason
 */
export async function* scanLayers(
  node: RunningNode,
  target: Target,
  first: Dialed,
  pace: ScanPace,
  context: OperationContext,
): AsyncGenerator<Finding> {
  const { transport, security, muxer, earlyMuxer: early } = layersOf(first.connection)
  const offers = offersOf(node.spec)
  if (transport === 'quic' || transport === 'relay') {
    const agreed = { accepted: true, claimed: false, elapsedMs: first.totalMs, answered: true }
    yield { layer: 'security', protocol: security, ...agreed }
    yield { layer: 'muxer', protocol: muxer, ...agreed, ...(early && { early }) }
    if (transport === 'quic') return
    const reason = 'not tried: the connection to the relay would have to use it as well'
    for (const { layer, protocol } of offers) {
      if (protocol === security || protocol === muxer) continue
      yield { layer, protocol, accepted: false, claimed: false, answered: false, reason }
    }
    return
  }
  // the stack is loaded by whoever opened the first node, and not by a mistake in the flags
  const { openNode } = await import('../node/node.ts')
  const enter = () => pace.dial([...target.addresses, first.address], context.signal)
  for (const { layer, protocol, spec } of offers) {
    const alone = { ...node.spec, ...spec, ...(transport && { transports: [transport] }) }
    const options = { signal: context.signal, ...(node.inspector && { inspector: node.inspector }) }
    yield { layer, protocol, ...(await attempt(() => openNode(alone, options), layer, enter, target, context)) }
  }
}

function offersOf({ security, muxers }: RunningNode['spec']): Offer[] {
  return [
    ...security.map((name): Offer => {
      return { layer: 'security', protocol: securityModules[name].protocol, spec: { security: [name] } }
    }),
    ...muxers.map((name): Offer => ({ layer: 'muxer', protocol: muxerProtocols[name], spec: { muxers: [name] } })),
  ]
}

async function attempt(
  open: () => Promise<RunningNode>,
  layer: Offer['layer'],
  enter: () => Promise<Disposable>,
  target: Target,
  context: OperationContext,
) {
  await using node = await open()
  // the last step before the dial: loading and opening take their time
  using _place = await enter()
  const started = performance.now()
  try {
    const { connection, totalMs } = await dialTarget(node, target, context)
    const { earlyMuxer: early } = layersOf(connection)
    await closeConnection(connection)
    return { accepted: true, claimed: false, elapsedMs: totalMs, answered: true, ...(early && { early }) }
  } catch (error) {
    context.signal.throwIfAborted()
    const elapsedMs = performance.now() - started
    const failure = classify(error)
    const answered = failure.refused && failure.layer === layer
    return { accepted: false, claimed: false, elapsedMs, answered, reason: failure.message }
  }
}
