import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { longestRecord, readDnsaddrRecord } from './dnsaddr-record.ts'
import type { HostAnswer, NameServer } from './name-server.ts'
import { peerOf } from './target.ts'
import type { Answer, Dropped } from './tree-node.ts'

/** The name that an address begins with. */
export interface Question {
  protocol: 'dns' | 'dns4' | 'dns6' | 'dnsaddr'
  /** as it stands in the address */
  host: string
  /** what name servers are asked for */
  name: string
}

/** An answer that leads on. */
export interface Useful {
  answer: Answer
  address: Multiaddr
  hostName?: string
}

/** An answer that does not. */
export interface Useless {
  answer: Answer
  problem: Dropped
}

const protocols = ['dns', 'dns4', 'dns6', 'dnsaddr'] as const
const families = { dns: 0, dns4: 4, dns6: 6 } as const

/**
 * Says what there is to look up in an address.
 *
 * @param address - any multiaddr
 * @returns the name that it begins with, if it begins with one
 */
export function questionOf(address: Multiaddr): Question | undefined {
  const [first] = address.getComponents()
  const protocol = protocols.find((known) => known === first?.name)
  const host = first?.value
  if (protocol === undefined || host === undefined) return undefined
  return { protocol, host, name: protocol === 'dnsaddr' ? `_dnsaddr.${host}` : host }
}

/**
 * Looks the name up that an address begins with. IP addresses take its place; TXT records of a dnsaddr take that of
 * the whole address, if they end in the peer ID that it ends in.
 *
 * @param address - the address
 * @param question - its name
 * @param names - the name server to ask
 * @param signal - ends the look-up
 * @returns the answers, in the order in which they came
 * @throws what the name server throws, and the signal's reason when it aborts
 */
export async function lookUp(
  address: Multiaddr,
  { protocol, name }: Question,
  names: NameServer,
  signal: AbortSignal,
): Promise<Array<Useful | Useless>> {
  if (protocol !== 'dnsaddr') {
    return (await names.hosts(name, families[protocol], signal)).map((host) => withHost(address, name, host))
  }
  const wanted = peerOf(address)
  return (await names.texts(name, signal)).map((text) => ({
    answer: { type: 'TXT', text: text.length <= longestRecord ? text : `${text.slice(0, longestRecord)}…` },
    ...readDnsaddrRecord(text, wanted),
  }))
}

function withHost(address: Multiaddr, hostName: string, { ip, ttlMs }: HostAnswer): Useful {
  const type = ip.includes(':') ? 'AAAA' : 'A'
  const [first] = multiaddr(`/${type === 'A' ? 'ip4' : 'ip6'}/${ip}`).getComponents()
  const rest = address.getComponents().slice(1)
  return {
    answer: { type, text: ip, ...(ttlMs !== undefined && { ttlMs }) },
    address: multiaddr(first === undefined ? rest : [first, ...rest]),
    hostName,
  }
}
