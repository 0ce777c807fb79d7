import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { isPrivateAddress } from '../addresses/private-address.ts'
import { type ResolvedAddress, resolveAddress } from '../addresses/resolve.ts'
import { transportOf, transportPart } from '../addresses/transport-of.ts'
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
 * Looks up the name in an address, if there is one.
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
    const { resolved, failed } = await resolveAddress(address, node.names, signal)
    const resolveMs = performance.now() - started
    return { found: resolved.map((one) => ({ ...one, resolveMs })), failed }
  } catch (error) {
    return { found: [], failed: [outcomeOf(address, error, 'address')] }
  }
}

/**
 * Judges whether a node can dial an address at all.
 *
 * @param node - the node that would dial
 * @param address - an address with nothing left to look up
 * @returns why it cannot be dialled, if it cannot
 */
export function refusalOf(node: RunningNode, address: Multiaddr): AddressOutcome | undefined {
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
 * @param candidate - an address that `refusalOf` has nothing against
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
