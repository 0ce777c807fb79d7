import { getThinWaistAddresses } from '@libp2p/utils'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { transportOf } from '../../addresses/transport-of.ts'

/** An IP address and UDP port as the binding takes them. */
export interface Endpoint {
  family: 4 | 6
  host: string
  port: number
}

/**
 * Keeps the addresses that can be dialled and listened on: `/ip4|ip6/…/udp/…/quic-v1`, with or without a peer ID.
 *
 * @param addresses - any multiaddrs
 * @returns those of them
 */
export function quicAddresses(addresses: Multiaddr[]): Multiaddr[] {
  return addresses.filter((address) => {
    const [ip] = address.getComponents()
    return transportOf(address) === 'quic' && (ip?.name === 'ip4' || ip?.name === 'ip6')
  })
}

/**
 * Reads where an address leads.
 *
 * @param address - a QUIC address
 * @returns its IP address and port
 * @throws Error when one of them is missing
 */
export function endpointOf(address: Multiaddr): Endpoint {
  const components = address.getComponents()
  const ip = components.find(({ name }) => name === 'ip4' || name === 'ip6')
  const udp = components.find(({ name }) => name === 'udp')
  if (ip?.value === undefined || udp?.value === undefined) throw new Error(`${address} is not a QUIC address`)
  return { family: ip.name === 'ip4' ? 4 : 6, host: ip.value, port: Number(udp.value) }
}

/**
 * Replaces the port of an address by the one that was bound.
 *
 * @param address - a QUIC address
 * @param port - a UDP port
 * @returns the same address at that port
 */
export function withPort(address: Multiaddr, port: number): Multiaddr {
  return multiaddr(address.getComponents().map((part) => (part.name === 'udp' ? { ...part, value: `${port}` } : part)))
}

/**
 * Names the addresses that a bound address stands for.
 *
 * @param address - a bound QUIC address
 * @returns one for each interface when it is a wildcard, otherwise itself
 */
export function reachableAddresses(address: Multiaddr): Multiaddr[] {
  if (!['0.0.0.0', '::'].includes(endpointOf(address).host)) return [address]
  return getThinWaistAddresses(address).map((found) => found.encapsulate('/quic-v1'))
}
