import { certificateHash, peerId } from './values/hashes.ts'
import { garlic32, garlic64, onion, onion3 } from './values/hidden-services.ts'
import { ip4, ip6 } from './values/ip.ts'
import { memory, port, prefixLength } from './values/numbers.ts'
import { domainName, httpPath, unixPath, zone } from './values/text.ts'
import type { ValueCodec } from './values/value-codec.ts'
import { encodeVarint } from './varint.ts'

/** How many bytes a value has: so many, or as many as a length in front of it says. */
type ValueSize = number | 'prefixed'

/** A protocol of a multiaddr. */
export interface Protocol {
  name: string
  /** its multicodec code */
  code: number
  /** the code as a varint, the way a packed component begins */
  varint: Uint8Array
  /** its value, where it has one */
  value?: { size: ValueSize; codec: ValueCodec }
  /** whether its value is the rest of the address's text, slashes included */
  path: boolean
}

const protocols: Protocol[] = [
  protocol('ip4', 4, 4, ip4),
  protocol('tcp', 6, 2, port),
  protocol('dccp', 33, 2, port),
  protocol('ip6', 41, 16, ip6),
  protocol('ip6zone', 42, 'prefixed', zone),
  protocol('ipcidr', 43, 1, prefixLength),
  protocol('dns', 53, 'prefixed', domainName),
  protocol('dns4', 54, 'prefixed', domainName),
  protocol('dns6', 55, 'prefixed', domainName),
  protocol('dnsaddr', 56, 'prefixed', domainName),
  protocol('sctp', 132, 2, port),
  protocol('udp', 273, 2, port),
  protocol('p2p-webrtc-direct', 276),
  protocol('webrtc-direct', 280),
  protocol('webrtc', 281),
  protocol('p2p-circuit', 290),
  protocol('udt', 301),
  protocol('utp', 302),
  { ...protocol('unix', 400, 'prefixed', unixPath), path: true },
  protocol('p2p', 421, 'prefixed', peerId),
  protocol('https', 443),
  protocol('onion', 444, 12, onion),
  protocol('onion3', 445, 37, onion3),
  protocol('garlic64', 446, 'prefixed', garlic64),
  protocol('garlic32', 447, 'prefixed', garlic32),
  protocol('tls', 448),
  protocol('sni', 449, 'prefixed', domainName),
  protocol('noise', 454),
  protocol('quic', 460),
  protocol('quic-v1', 461),
  protocol('webtransport', 465),
  protocol('certhash', 466, 'prefixed', certificateHash),
  protocol('ws', 477),
  protocol('wss', 478),
  protocol('http', 480),
  protocol('http-path', 481, 'prefixed', httpPath),
  protocol('memory', 777, 8, memory),
  protocol('plaintextv2', 7367777),
]

const byName = new Map(protocols.map((each) => [each.name, each]))
const byCode = new Map(protocols.map((each) => [each.code, each]))

/** The name that peer IDs had before; go reads it and writes /p2p. */
const formerPeerIdName = 'ipfs'

/**
 * The protocol of a name, among those that go-multiaddr 0.16 knows (codes: multiformats/multicodec).
 *
 * @param name - as in an address, without slashes; `ipfs` is `p2p`
 * @returns the protocol; undefined for an unknown name
 */
export function protocolOfName(name: string): Protocol | undefined {
  return byName.get(name === formerPeerIdName ? 'p2p' : name)
}

/**
 * The protocol of a multicodec code; see `protocolOfName`.
 *
 * @param code - the code
 * @returns the protocol; undefined for an unknown code
 */
export function protocolOfCode(code: number): Protocol | undefined {
  return byCode.get(code)
}

function protocol(name: string, code: number, size?: ValueSize, codec?: ValueCodec): Protocol {
  const value = size === undefined || codec === undefined ? {} : { value: { size, codec } }
  return { name, code, varint: encodeVarint(code), path: false, ...value }
}
