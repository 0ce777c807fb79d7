import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Target } from '../addresses/target.ts'
import { deadlineOf, formatDuration } from '../errors/deadline.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { type Candidate, candidatesOf, hasName } from './candidate.ts'
import { DialRace } from './dial-race.ts'
import { failedDial } from './failed-dial.ts'
import type { RunningNode } from './running-node.ts'

/** A target that was reached. */
export interface Dialed {
  connection: Connection
  /** the address that was used, with the peer ID */
  address: Multiaddr
  /** from the first look-up to the upgraded connection, in milliseconds */
  totalMs: number
  /** what looking up the name of this address took, in milliseconds; absent where it had none */
  resolveMs?: number
}

/**
 * Connects to a target. Names are looked up, every address is judged, and those that can be dialled
 * are dialled each on its own, one after the other with a short head start; the first to succeed
 * wins and ends the others.
 *
 * @param node - the node that dials
 * @param target - the peer and its alternatives
 * @param options - `signal` ends the dial, `timeoutMs` bounds it (0 is no limit)
 * @returns the connection
 * @throws ToolkitError with the class of the address that got furthest, listing each address with
 *   its own cause
 */
export async function dialTarget(
  node: RunningNode,
  target: Target,
  options: { signal: AbortSignal; timeoutMs: number },
): Promise<Dialed> {
  const started = performance.now()
  using deadline = deadlineOf(options.signal, options.timeoutMs, `not within ${formatDuration(options.timeoutMs)}`)
  const dialling = new DialRace(node, deadline.signal)
  // a name server that hangs must not keep the addresses that need none from being tried
  const named = target.addresses.filter(hasName)
  const unnamed = target.addresses.filter((address) => !hasName(address)).map((address) => ({ address }))
  await Promise.all([dialling.run(unnamed), resolveAll(node, named, dialling).then((found) => dialling.run(found))])
  if (dialling.winner !== undefined) {
    const { connection, candidate, at } = dialling.winner
    const { resolveMs } = candidate
    return {
      connection,
      address: connection.remoteAddr,
      totalMs: at - started,
      ...(resolveMs !== undefined && { resolveMs }),
    }
  }
  // a deadline of the caller's has outcomes to show, other ends of the command have not
  const { aborted, reason } = options.signal
  if (aborted && !(reason instanceof ToolkitError && reason.code === 'timeout')) throw reason
  throw failedDial(target, dialling.outcomes)
}

async function resolveAll(node: RunningNode, named: Multiaddr[], dialling: DialRace): Promise<Candidate[]> {
  const results = await Promise.all(named.map((address) => candidatesOf(node, address, dialling.signal)))
  dialling.outcomes.push(...results.flatMap(({ failed }) => failed))
  return results.flatMap(({ found }) => found)
}
