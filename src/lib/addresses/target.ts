import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'

/**
 * A peer to reach: one address, or several alternatives that end in the same `/p2p/ID`; none where it is named by its ID
 * alone, and has to be looked up first.
 */
export interface Target {
  /** what the user wrote; for alternatives `/p2p/ID` */
  label: string
  /** the peer ID that the other side has to prove, where one is known */
  peer?: string
  /** alternatives, in the order given */
  addresses: Multiaddr[]
}

/** A target that is named by its ID alone. */
export type BareTarget = Target & { peer: string }

/** A multiaddr that names a peer, and not where it is. */
const barePeerIdPattern = /^\/p2p\/[^/]+$/

/**
 * The peer ID that an address ends in. `/p2p/RELAY/p2p-circuit` names a relay, not a destination.
 *
 * @param address - a multiaddr
 * @returns the last component's peer ID, where it is `/p2p`
 */
export function peerOf(address: Multiaddr): string | undefined {
  const last = address.getComponents().at(-1)
  return last?.name === 'p2p' ? last.value : undefined
}

/**
 * Groups addresses into targets: each is one of its own, except that those ending in the same
 * `/p2p/ID` are alternatives of one peer. `/p2p/ID` alone adds no address to them.
 *
 * @param addresses - multiaddrs in canonical text, in the order given
 * @param expectPeer - peer ID that every target has to have
 * @returns targets in the order of their first address
 * @throws ToolkitError `usage` for an address that cannot be a target: a unix socket, an address of another peer than
 *   the expected one
 */
export function groupTargets(addresses: string[], expectPeer?: string): Target[] {
  const targets = new Map<string, Target>()
  for (const text of addresses) {
    const bare = barePeerIdPattern.test(text)
    const known = bare ? multiaddr(text) : networkAddress(text)
    const address = expectPeer === undefined ? known : withExpectedPeer(known, expectPeer)
    const peer = peerOf(address)
    const key = peer === undefined ? text : `/p2p/${peer}`
    const target = targets.get(key)
    if (target === undefined) {
      targets.set(key, { label: text, addresses: bare ? [] : [address], ...(peer && { peer }) })
    } else if (!bare && !target.addresses.some((other) => other.equals(address))) {
      target.addresses.push(address)
      target.label = key
    }
  }
  return [...targets.values()]
}

/**
 * Whether a target has to be looked up first.
 *
 * @param target - as `groupTargets` makes it
 * @returns true where it is a peer ID without an address
 */
export function isBare(target: Target): target is BareTarget {
  return target.addresses.length === 0 && target.peer !== undefined
}

/**
 * Takes only the addresses of one peer, for what cannot be done with several.
 *
 * @param targets - what the user named
 * @param message - why there can be no more than one
 * @throws ToolkitError `usage` for several
 */
export function refuseSeveral(targets: Target[], message: string): void {
  if (targets.length > 1) throw new ToolkitError('usage', message, { layer: 'address' })
}

/**
 * The refusal of a peer ID that comes without an address.
 *
 * @param text - what the user wrote
 * @returns the error
 */
export function barePeerId(text: string): ToolkitError {
  return new ToolkitError('usage', `a peer ID alone does not say where the peer is: ${text}`, {
    layer: 'address',
    suggestions: [
      'give an address that ends in it, such as /ip4/192.0.2.1/tcp/4001/p2p/ID; `p2p dht find-peer` finds one',
    ],
  })
}

/**
 * Reads an address that a node is to dial or listen on.
 *
 * @param text - a multiaddr in canonical text
 * @returns the address
 * @throws ToolkitError `usage` for a unix socket, a peer ID alone, and what libp2p cannot read
 */
export function networkAddress(text: string): Multiaddr {
  const refuse = (message: string, cause?: unknown) => new ToolkitError('usage', message, { layer: 'address', cause })
  if (text.startsWith('/unix/')) {
    throw refuse(`network commands do not use unix sockets: ${text}; use an /ip4 or /ip6 address`)
  }
  if (barePeerIdPattern.test(text)) throw barePeerId(text)
  try {
    return multiaddr(text)
  } catch (error) {
    throw refuse(`libp2p cannot use this address: ${text}: ${messageOf(error)}`, error)
  }
}

function withExpectedPeer(address: Multiaddr, expected: string): Multiaddr {
  const peer = peerOf(address)
  if (peer === undefined) return address.encapsulate(`/p2p/${expected}`)
  if (peer === expected) return address
  throw new ToolkitError('usage', `${address} is an address of ${peer}, not of the expected ${expected}`, {
    layer: 'address',
  })
}
