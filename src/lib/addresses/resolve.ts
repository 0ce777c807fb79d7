import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { codeOf, messageOf } from '../errors/causes.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import type { NameServer } from './name-server.ts'
import { peerOf } from './target.ts'

/** An address with nothing left to look up. */
export interface ResolvedAddress {
  address: Multiaddr
  /** the name that its IP was looked up from: TLS and HTTP servers want to hear it */
  hostName?: string
}

/** What became of an address: addresses to dial, and dead ends with their reasons. */
export interface Resolution {
  resolved: ResolvedAddress[]
  failed: AddressOutcome[]
}

/** A dnsaddr may name another dnsaddr this often. */
const maxDepth = 4
/** A zone may hold any number of records: more than this are not looked at. */
const maxAddresses = 64

/**
 * Looks up the names in an address: `/dnsaddr` through TXT records, recursively, filtered by the
 * peer ID that the address ends in; `/dns`, `/dns4` and `/dns6` to IP addresses.
 * Follows https://github.com/multiformats/multiaddr/blob/master/protocols/DNSADDR.md.
 *
 * @param address - any multiaddr
 * @param names - the name server to ask
 * @param signal - ends the look-ups
 * @returns at most 64 addresses, and a reason for each name that led nowhere
 * @throws the signal's reason when it aborts
 */
export async function resolveAddress(address: Multiaddr, names: NameServer, signal: AbortSignal): Promise<Resolution> {
  const resolution: Resolution = { resolved: [], failed: [] }
  const queue = [{ address, depth: 0 }]
  const asked = new Set<string>()
  let passedOver = 0
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { address, depth } = next
    const [host] = address.getComponents()
    const fail = (message: string) => resolution.failed.push(unresolved(address, message))
    if (resolution.resolved.length >= maxAddresses || asked.size >= maxAddresses) passedOver++
    else if (host?.value === undefined || !/^dns(?:4|6|addr)?$/.test(host.name)) resolution.resolved.push({ address })
    else if (asked.has(address.toString())) fail('its dnsaddr records lead in a loop')
    else if (depth >= maxDepth) fail(`more than ${maxDepth} dnsaddr records lead to each other`)
    else {
      asked.add(address.toString())
      try {
        const found = await lookUp(address, host.name, host.value, names, signal)
        if (host.name === 'dnsaddr') queue.unshift(...found.map((one) => ({ address: one.address, depth: depth + 1 })))
        else resolution.resolved.push(...found)
        if (found.length === 0) fail(`no ${host.name} record of ${host.value} matches`)
      } catch (error) {
        signal.throwIfAborted()
        const code = codeOf(error)
        const unknown = code === 'ENOTFOUND' || code === 'ENODATA'
        fail(unknown ? `unknown host ${host.value} (${code})` : messageOf(error))
      }
    }
  }
  passedOver += resolution.resolved.splice(maxAddresses).length + resolution.failed.splice(maxAddresses - 1).length
  if (passedOver > 0) resolution.failed.push(unresolved(address, `${passedOver} more records are passed over`))
  return resolution
}

async function lookUp(
  address: Multiaddr,
  protocol: string,
  name: string,
  names: NameServer,
  signal: AbortSignal,
): Promise<ResolvedAddress[]> {
  if (protocol === 'dnsaddr') {
    return (await lookUpDnsaddr(address, name, names, signal)).map((found) => ({ address: found }))
  }
  const rest = address.getComponents().slice(1)
  const ips = await names.hosts(name, protocol === 'dns4' ? 4 : protocol === 'dns6' ? 6 : 0, signal)
  return ips.map((ip) => {
    const [first] = multiaddr(`/${ip.includes(':') ? 'ip6' : 'ip4'}/${ip}`).getComponents()
    return { address: multiaddr(first === undefined ? rest : [first, ...rest]), hostName: name }
  })
}

async function lookUpDnsaddr(
  address: Multiaddr,
  name: string,
  names: NameServer,
  signal: AbortSignal,
): Promise<Multiaddr[]> {
  const wanted = peerOf(address)
  const texts = await names.texts(`_dnsaddr.${name}`, signal)
  const found: Multiaddr[] = []
  for (const text of texts) {
    if (!text.startsWith('dnsaddr=')) continue
    try {
      const parsed = multiaddr(text.slice('dnsaddr='.length))
      if (parsed.getComponents().length === 0) continue
      if (wanted === undefined || peerOf(parsed) === wanted) found.push(parsed)
    } catch {
      // a record that is no multiaddr is of another, newer kind: others of the zone may still do
    }
  }
  return found
}

function unresolved(address: Multiaddr, message: string): AddressOutcome {
  return { address: address.toString(), tried: false, layer: 'address', code: 'unreachable', message }
}
