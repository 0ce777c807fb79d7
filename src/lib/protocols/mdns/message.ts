import { type Answer, AUTHORITATIVE_ANSWER, decode, encode } from '@dnsquery/dns-packet'
import { readDnsaddrRecord } from '../../addresses/dnsaddr-record.ts'
import { peerOf } from '../../addresses/target.ts'

/** The service that libp2p peers are found by (libp2p specs, discovery/mdns.md, "Definitions"). */
export const libp2pService = '_p2p._udp.local'

/** Longest message, in bytes (RFC 6762, section 17). A longer one may hold names that take seconds to follow. */
export const longestMessage = 9000
/** What is kept of one message. */
const mostPeers = 16
const mostAddresses = 16

/** Longest string of a TXT record, in bytes (RFC 1035, section 3.3.14), and seconds that an answer holds. */
const longestString = 255
const holdsSeconds = 120

/** A peer that an answer tells. */
export interface ToldPeer {
  /** base58btc peer ID, which every address ends in */
  peer: string
  addresses: string[]
}

/** A message about the service. */
export type MdnsMessage =
  | { type: 'query' }
  | {
      type: 'answer'
      peers: ToldPeer[]
      /** why parts of it are of no use, one clause each */
      problems: string[]
    }

/**
 * Writes the question for all peers (discovery/mdns.md, "Request").
 *
 * @param service - the service's name
 * @returns the message
 */
export function encodeQuery(service: string): Uint8Array {
  return encode({ type: 'query', questions: [{ name: service, type: 'PTR' }] })
}

/**
 * Writes what a peer answers (discovery/mdns.md, "Response"). The TXT record says all that is of use; go-libp2p leaves
 * out a peer that has no host.
 *
 * @param service - the service's name
 * @param name - of the peer: one label, which does not tell its peer ID
 * @param ip - an IPv4 address of it
 * @param addresses - they end in `/p2p/ID`; no more are told than are kept, and none that no TXT record holds
 * @returns the message
 */
export function encodeAnswer(service: string, name: string, ip: string, addresses: string[]): Uint8Array {
  const instance = `${name}.${service}`
  const host = `${name}.local`
  const port = Number(/\/(?:tcp|udp)\/(\d+)/.exec(addresses[0] ?? '')?.[1] ?? 0)
  const data = addresses
    .map((address) => `dnsaddr=${address}`)
    .filter((text) => Buffer.byteLength(text) <= longestString)
    .slice(0, mostAddresses)
  return encode({
    type: 'response',
    flags: AUTHORITATIVE_ANSWER,
    answers: [{ type: 'PTR', name: service, ttl: holdsSeconds, data: instance }],
    additionals: [
      { type: 'TXT', name: instance, ttl: holdsSeconds, data },
      { type: 'SRV', name: instance, ttl: holdsSeconds, data: { target: host, port } },
      { type: 'A', name: host, ttl: holdsSeconds, data: ip },
    ],
  })
}

/**
 * Reads a message.
 *
 * @param bytes - of one datagram
 * @param service - the service's name
 * @returns the message, or undefined where it is about something else
 * @throws Error where it is malformed or too long
 */
export function decodeMessage(bytes: Uint8Array, service: string): MdnsMessage | undefined {
  if (bytes.length > longestMessage) throw new Error(`longer than ${longestMessage} bytes`)
  const { type, questions = [], answers = [], additionals = [] } = decode(bytes)
  const isService = (name: string) => name.toLowerCase() === service.toLowerCase()
  if (type === 'query') {
    const asks = questions.some((question) => /^(?:PTR|ANY)$/.test(question.type) && isService(question.name))
    return asks ? { type: 'query' } : undefined
  }
  const instances = answers.flatMap((answer) =>
    answer.type === 'PTR' && isService(answer.name) && holds(answer) ? answer.data.toLowerCase() : [],
  )
  if (instances.length === 0) return undefined
  const problems: string[] = []
  const distinct = new Set(instances)
  if (distinct.size > mostPeers) problems.push(`it tells ${distinct.size} peers: ${mostPeers} are kept`)
  // js-libp2p puts the TXT records among the answers
  const records = [...answers, ...additionals]
  const peers = [...distinct].slice(0, mostPeers).flatMap((name) => peerIn(textsOf(records, name), problems))
  return { type: 'answer', peers, problems }
}

/** A peer that leaves takes its records back: they hold no longer (RFC 6762, section 10.1). */
function holds({ ttl = 0 }: Answer): boolean {
  return ttl > 0
}

function textsOf(records: Answer[], name: string): string[] {
  return records
    .flatMap((record) =>
      record.type === 'TXT' && holds(record) && record.name.toLowerCase() === name ? record.data : [],
    )
    .map((text) => (typeof text === 'string' ? text : Buffer.from(text).toString('utf8')))
    .filter((text) => text.startsWith('dnsaddr='))
}

/** The first address says who it is; those of others are left out. */
function peerIn(texts: string[], problems: string[]): ToldPeer[] {
  if (texts.length > mostAddresses) problems.push(`it tells ${texts.length} addresses: ${mostAddresses} are kept`)
  let peer: string | undefined
  const addresses = new Set<string>()
  for (const text of texts.slice(0, mostAddresses)) {
    const read = readDnsaddrRecord(text, peer)
    if ('problem' in read) {
      problems.push(read.problem.message)
      continue
    }
    const { address } = read
    peer ??= peerOf(address)
    const [first] = address.getComponents()
    // a name of the DNS leads to as many addresses as its owner likes, a peer ID alone to none
    if (peer === undefined) problems.push('names no peer')
    else if (first?.name === 'dnsaddr' || first?.name === 'p2p') problems.push(`/${first.name} is no place`)
    else addresses.add(address.toString())
  }
  return peer === undefined || addresses.size === 0 ? [] : [{ peer, addresses: [...addresses] }]
}
