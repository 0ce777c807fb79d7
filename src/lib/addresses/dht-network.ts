import type { Multiaddr } from '@multiformats/multiaddr'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { isPrivateAddress } from './private-address.ts'

/** A DHT: who speaks its protocol belongs to it. */
export interface DhtNetwork {
  /** as it is given: `amino`, `lan`, or the protocol ID */
  name: string
  /** protocol ID of its messages */
  protocol: string
  /** which of the addresses that peers tell are of use in it */
  keeps: 'public' | 'private' | 'all'
}

/** https://github.com/libp2p/specs/blob/master/kad-dht/README.md; `lan` is Kubo's DHT of private addresses. */
const named: Record<string, DhtNetwork> = {
  amino: { name: 'amino', protocol: '/ipfs/kad/1.0.0', keeps: 'public' },
  lan: { name: 'lan', protocol: '/ipfs/lan/kad/1.0.0', keeps: 'private' },
}

/** multistream-select sends an ID in one line of at most this many bytes. */
const longestProtocolId = 1022

/**
 * Finds the DHT of a name.
 *
 * @param text - `amino`, the public network, which is the default; `lan`; or the protocol ID of a DHT of one's own
 * @returns its protocol, and the addresses that it keeps
 * @throws ToolkitError `usage` for anything else
 */
export function dhtNetwork(text = 'amino'): DhtNetwork {
  const network = Object.hasOwn(named, text) ? named[text] : undefined
  if (network !== undefined) return network
  if (/^\/\S+$/.test(text) && Buffer.byteLength(text) <= longestProtocolId)
    return { name: text, protocol: text, keeps: 'all' }
  throw new ToolkitError('usage', `not a DHT: ${JSON.stringify(text.slice(0, 64))}`, {
    layer: 'routing',
    suggestions: ['write amino, lan, or a protocol ID such as /test/kad/1.0.0'],
  })
}

/**
 * Whether an address that a peer tells is of use in a DHT.
 *
 * @param network - the DHT
 * @param address - a multiaddr
 * @returns false for private addresses in amino, and for public ones in lan
 */
export function isKept(network: DhtNetwork, address: Multiaddr): boolean {
  return network.keeps === 'all' || (network.keeps === 'private') === isPrivateAddress(address)
}
