import type { Multiaddr } from '@multiformats/multiaddr'

/** The transports, by their names in flags, specs and records. */
export const transportNames = ['tcp', 'ws', 'quic', 'relay'] as const
export type TransportName = (typeof transportNames)[number]

/** What a transport of an address that this toolkit cannot dial is called. */
const otherTransports = new Set([
  'webrtc',
  'webrtc-direct',
  'webtransport',
  'unix',
  'memory',
  'onion',
  'onion3',
  'garlic64',
  'garlic32',
  'http',
  'https',
  'quic',
  'sctp',
  'dccp',
  'utp',
])

/**
 * The transport that an address is for, judged by its components.
 *
 * @param address - a multiaddr, with or without `/p2p/ID`
 * @returns a transport's name, or undefined where none of them is meant
 */
export function transportOf(address: Multiaddr): TransportName | undefined {
  const names = address.getComponents().map((component) => component.name)
  if (names.includes('p2p-circuit')) return 'relay'
  if (names.some((name) => otherTransports.has(name))) return undefined
  if (names.includes('quic-v1')) return 'quic'
  if (names.includes('ws') || names.includes('wss')) return 'ws'
  return names.includes('tcp') ? 'tcp' : undefined
}

/**
 * The part of an address that says which transport it would need, for messages.
 *
 * @param address - a multiaddr
 * @returns the component names from the transport on, such as `udp/webrtc-direct`
 */
export function transportPart(address: Multiaddr): string {
  return address
    .getComponents()
    .map((component) => component.name)
    .filter((name) => !/^(?:ip[46](?:zone)?|dns[46]?|dnsaddr|p2p|certhash|sni)$/.test(name))
    .join('/')
}
