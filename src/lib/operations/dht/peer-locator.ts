import { isBare, type Target } from '../../addresses/target.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import type { DhtInput } from './input.ts'
import type { SeedChoices } from './whom-to-ask.ts'

/** A target that has addresses. */
interface Located {
  target: Target
  /** what is left of the time to reach it */
  context: OperationContext
}

/** Finds the addresses of a target. */
export type Locate = (target: Target) => Promise<Located>

/**
 * Makes what looks targets up in the DHT that are named by their peer ID alone. Nothing of the DHT is loaded, and no
 * list is read, before there is such a target.
 *
 * @param node - the node that asks
 * @param choices - the DHT, and the peers that lookups begin with
 * @param configDir - the user's configuration directory of this program
 * @param context - signal, and the time limit of looking a target up and reaching it
 * @returns a function that gives targets with addresses back as they are, and throws as `dhtInput` and `locatePeer` do
 */
export function peerLocator(
  node: RunningNode,
  choices: SeedChoices,
  configDir: string,
  context: OperationContext,
): Locate {
  let input: Promise<DhtInput> | undefined
  return async (target) => {
    if (!isBare(target)) return { target, context }
    const started = performance.now()
    const [{ dhtInput }, { locatePeer }] = await Promise.all([import('./whom-to-ask.ts'), import('./locate-peer.ts')])
    const { network, bootstrap, list } = choices
    input ??= dhtInput({ network, bootstrap, list }, configDir)
    const located = await locatePeer(node, target, await input, context)
    const spentMs = Math.ceil(performance.now() - started)
    const timeoutMs = context.timeoutMs === 0 ? 0 : Math.max(1, context.timeoutMs - spentMs)
    return { target: located, context: { ...context, timeoutMs } }
  }
}
