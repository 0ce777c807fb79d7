import { isPrivateIp } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * Whether an address leads into a private network or this machine.
 *
 * @param address - a multiaddr
 * @returns true for loopback, link-local, private and reserved IP ranges, and for `localhost`
 */
export function isPrivateAddress(address: Multiaddr): boolean {
  const host = address.getComponents().find((component) => /^(?:ip[46]|dns[46]?|dnsaddr)$/.test(component.name))
  if (host?.value === undefined) return false
  if (host.name === 'ip4' || host.name === 'ip6') return isPrivateIp(host.value) === true
  return host.value === 'localhost' || host.value.endsWith('.localhost') || host.value.endsWith('.local')
}
