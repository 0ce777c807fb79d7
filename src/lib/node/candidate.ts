import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { isPrivateAddress } from '../addresses/private-address.ts'
import { type ResolvedAddress, resolveAddress } from '../addresses/resolve.ts'
import { transportOf, transportPart } from '../addresses/transport-of.ts'
import type { TreeNode } from '../addresses/tree-node.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import { outcomeOf } from './failed-dial.ts'
import type { RunningNode } from './running-node.ts'

/** An address with nothing left to look up. */
export interface Candidate extends ResolvedAddress {
  /** what looking its name up took, in milliseconds; absent where it has none */
  resolveMs?: number
}

/** What an address leads to: addresses to dial, and dead ends with their reasons. */
export interface Candidates {
  found: Candidate[]
  failed: AddressOutcome[]
}

/** A candidate, and why it is not dialled, where it is not. */
export interface Judged {
  candidate: Candidate
  refused?: AddressOutcome
}

/**
 * Whether there is a name in an address to look up.
 *
 * @param address - a multiaddr
 * @returns true for `/dns`, `/dns4`, `/dns6` and `/dnsaddr`
 */
export function hasName(address: Multiaddr): boolean {
  return /^dns(?:4|6|addr)?$/.test(address.getComponents()[0]?.name ?? '')
}

/**
 * Looks up the name in an address, if there is one. What it leads to and is of no use is shown as dropped.
 *
 * @param node - the node whose name servers are asked
 * @param address - any multiaddr
 * @param signal - ends the look-ups
 * @returns what it leads to; a look-up that fails, or is ended, is a dead end
 */
export async function candidatesOf(node: RunningNode, address: Multiaddr, signal: AbortSignal): Promise<Candidates> {
  if (!hasName(address)) return { found: [{ address }], failed: [] }
  const started = performance.now()
  try {
    const { resolved, failed } = await resolveAddress(address, node.names, signal, (useless) =>
      tellUseless(node, useless),
    )
    const resolveMs = performance.now() - started
    return { found: resolved.map((one) => ({ ...one, resolveMs })), failed }
  } catch (error) {
    return { found: [], failed: [outcomeOf(address, error, 'address')] }
  }
}

/**
 * Judges which candidates a node can dial at all, and shows what there is to dial and what is dropped.
 *
 * @param node - the node that would dial
 * @param candidates - addresses with nothing left to look up
 * @returns each, in the same order, with the reason why it cannot be dialled, if it cannot
 */
export function judge(node: RunningNode, candidates: Candidate[]): Judged[] {
  const addresses = candidates.map(({ address }) => address.toString())
  if (addresses.length > 0) {
    node.inspector?.observe({ layer: 'address', type: 'candidates-listed', detail: { addresses } })
  }
  return candidates.map((candidate) => {
    const refused = refusalOf(node, candidate.address)
    if (refused === undefined) return { candidate }
    tellDropped(node, refused)
    return { candidate, refused }
  })
}

/**
 * Shows that an address is not dialled, and why.
 *
 * @param node - the node that does not dial it
 * @param dropped - the address, the name of the reason and the reason
 */
export function tellDropped(node: RunningNode, dropped: { address: string; code: string; message: string }): void {
  const { address, code, message: reason } = dropped
  node.inspector?.observe({ layer: 'address', type: 'address-dropped', detail: { address, code, reason } })
}

/** A record that names no address is shown as it stands. */
function tellUseless(node: RunningNode, { address, answer, parent, problem }: TreeNode): void {
  if (problem === undefined) return
  const { name: code, message } = problem
  tellDropped(node, { address: String(address ?? answer?.text ?? parent), code, message })
}

function refusalOf(node: RunningNode, address: Multiaddr): AddressOutcome | undefined {
  const refuse = (code: AddressOutcome['code'], message: string): AddressOutcome => ({
    address: address.toString(),
    tried: false,
    layer: code === 'usage' ? 'address' : 'transport',
    code,
    message,
  })
  const transport = transportOf(address)
  const { transports, preSharedKey } = node.spec
  if (transport === 'quic' && preSharedKey !== undefined) {
    return refuse('usage', 'QUIC cannot be part of a private network')
  }
  if (transport === undefined || !transports.includes(transport)) {
    return refuse(
      'unreachable',
      `no transport for ${transportPart(address) || address} (enabled: ${transports.join(', ')})`,
    )
  }
  if (node.transports.dialTransportForMultiaddr(address) === undefined) {
    return refuse('unreachable', `the ${transport} transport does not take this address`)
  }
  return undefined
}

/**
 * Dials one candidate on its own.
 *
 * @param node - the node that dials
 * @param candidate - an address that `judge` has nothing against
 * @param signal - ends the dial; for this dial alone, since the TCP transport ties its socket to it for good
 * @returns the connection
 * @throws ToolkitError that names the layer, or the signal's reason
 */
export async function dialCandidate(
  node: RunningNode,
  { address, hostName }: Candidate,
  signal: AbortSignal,
): Promise<Connection> {
  if (isPrivateAddress(address)) node.allowPrivateAddresses()
  const options = { signal, hostName }
  return await node.transports.dial(address, options)
}
