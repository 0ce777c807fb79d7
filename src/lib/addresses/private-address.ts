import { isPrivateIp } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * Whether an address leads into a private network or this machine.
 *
 * @param address - a multiaddr
 * @returns true for loopback, link-local, private and reserved IP ranges, and for `localhost`
 */
export function isPrivateAddress(address: Multiaddr): boolean {
  const host = hostOf(address)
  if (host?.value === undefined) return false
  if (host.name === 'ip4' || host.name === 'ip6') return isPrivateIp(host.value) === true
  return host.value === 'localhost' || host.value.endsWith('.localhost') || host.value.endsWith('.local')
}

/**
 * Whether an address leads to this machine alone.
 *
 * @param address - a multiaddr
 * @returns true for loopback IP addresses, and for `localhost`
 */
export function isLoopbackAddress(address: Multiaddr): boolean {
  const host = hostOf(address)
  if (host?.value === undefined) return false
  if (host.name === 'ip4') return host.value.startsWith('127.')
  return host.value === '::1' || host.value === 'localhost' || host.value.endsWith('.localhost')
}

function hostOf(address: Multiaddr) {
  return address.getComponents().find(({ name }) => /^(?:ip[46]|dns[46]?|dnsaddr)$/.test(name))
}
