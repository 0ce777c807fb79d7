import type { TransportName } from '../addresses/transport-of.ts'

/** Security protocols by their names in flags and specs. Plaintext is used only when it is asked for. */
export const securityNames = ['noise', 'tls', 'plaintext'] as const
export type SecurityName = (typeof securityNames)[number]

/** Stream muxers by their names in flags and specs. */
export const muxerNames = ['yamux', 'mplex'] as const
export type MuxerName = (typeof muxerNames)[number]

/** Protocols that a node answers. */
export const serviceNames = ['identify', 'ping', 'echo'] as const
export type ServiceName = (typeof serviceNames)[number]

/** How many connections a node takes. */
export interface ConnectionLimits {
  /** open connections, inbound and outbound */
  maxConnections: number
  /** new inbound connections a second from one host */
  inboundPerSecond: number
}

/**
 * Validators of a DHT's records by their names in flags and specs. `pk` and `ipns` are those of the namespaces of these
 * names, and of no other; `none` takes every value of a namespace.
 */
export const validatorNames = ['pk', 'ipns', 'none'] as const
export type ValidatorName = (typeof validatorNames)[number]

/** Which validator each namespace has; those of `pk` and `ipns` have their own unless told otherwise. */
export type Validators = Record<string, ValidatorName>

/** How a node takes part in a DHT. */
export interface DhtSpec {
  /** a server answers what others ask; a client only keeps a routing table */
  mode: 'server' | 'client'
  /** `amino`, `lan`, or the protocol ID of a DHT of one's own; amino when absent */
  network?: string
  /** by namespace; `pk` and `ipns` have their own */
  validators?: Validators
}

/** Routers of pub/sub by their names in flags and specs. */
export const pubsubRouters = ['gossipsub', 'floodsub'] as const
type PubsubRouter = (typeof pubsubRouters)[number]

/** Signature policies of pub/sub: `strict` is the spec's StrictSign, `none` its StrictNoSign. */
export const signingPolicies = ['strict', 'none'] as const
type SigningPolicy = (typeof signingPolicies)[number]

/** Longest topic of pub/sub, in bytes: a name, and not a payload. */
export const longestTopic = 4096

/** How a node takes part in pub/sub. */
export interface PubsubSpec {
  /** gossipsub speaks floodsub as well, to peers that know nothing else */
  router: PubsubRouter
  signing: SigningPolicy
}

/** What a node is made from: plain data, all of it optional. Lists are in order of preference. */
export interface NodeSpec {
  /** libp2p protobuf PrivateKey; a fresh Ed25519 key when absent */
  privateKey?: Uint8Array
  /** multiaddrs to listen on; none makes a node that only dials */
  listen?: string[]
  /** multiaddrs to tell others instead of the ones listened on */
  announce?: string[]
  /** default: tcp, quic, ws, relay; without quic when there is a pre-shared key */
  transports?: TransportName[]
  /** default: noise, tls */
  security?: SecurityName[]
  /** default: yamux, mplex */
  muxers?: MuxerName[]
  /** default: identify, ping */
  services?: ServiceName[]
  /** pre-shared key of a private network, 32 bytes */
  preSharedKey?: Uint8Array
  /** PEM texts for secure WebSockets: `ca` is trusted when dialling, `cert` and `key` serve */
  tls?: { ca?: string; cert?: string; key?: string }
  /** name servers to ask instead of the system's: `IP`, `IP:PORT`, `[IP6]:PORT` */
  nameServers?: string[]
  /** peer IDs let in; anyone when absent */
  allowPeers?: string[]
  limits?: Partial<ConnectionLimits>
  /** what identify says of this node, such as `p2p-toolkit/0.1.0` */
  agentVersion?: string
  /** none when absent; it needs `identify` among the services */
  dht?: DhtSpec
  /** a folder, or `s3://BUCKET/PREFIX`, that keeps the peers and the records of a DHT; memory when absent */
  datastore?: string
  /** none when absent; it needs `identify` among the services */
  pubsub?: PubsubSpec
}

/** A NodeSpec with every default filled in. */
export interface CompleteSpec extends NodeSpec {
  listen: string[]
  announce: string[]
  transports: TransportName[]
  security: SecurityName[]
  muxers: MuxerName[]
  services: ServiceName[]
  nameServers: string[]
  limits: ConnectionLimits
  agentVersion: string
}

/**
 * Fills the defaults into a spec. A private network leaves QUIC out, since QUIC cannot be protected
 * by a pre-shared key; a high limit of inbound connections keeps a listener usable from one host.
 *
 * @param spec - any spec
 * @returns a fresh, complete spec
 */
export function completeSpec(spec: NodeSpec): CompleteSpec {
  const transports: TransportName[] =
    spec.preSharedKey === undefined ? ['tcp', 'quic', 'ws', 'relay'] : ['tcp', 'ws', 'relay']
  return {
    ...spec,
    listen: spec.listen ?? [],
    announce: spec.announce ?? [],
    transports: spec.transports ?? transports,
    security: spec.security ?? ['noise', 'tls'],
    muxers: spec.muxers ?? ['yamux', 'mplex'],
    services: spec.services ?? ['identify', 'ping'],
    nameServers: spec.nameServers ?? [],
    limits: { maxConnections: 1000, inboundPerSecond: 100, ...spec.limits },
    agentVersion: spec.agentVersion ?? 'p2p-toolkit',
  }
}
