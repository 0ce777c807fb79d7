/** A protocol that libp2p's implementations share, with the place where it is specified. */
export interface WellKnownProtocol {
  /** what multistream-select negotiates */
  protocol: string
  /** what its spec calls it */
  name: string
  spec: string
}

const libp2p = 'https://github.com/libp2p/specs/blob/master'
const ipfs = 'https://specs.ipfs.tech'

/** Protocols that a peer may speak whether it says so or not; a scan asks for each. */
export const wellKnownProtocols: readonly WellKnownProtocol[] = [
  { protocol: '/ipfs/id/1.0.0', name: 'identify', spec: `${libp2p}/identify/README.md` },
  { protocol: '/ipfs/id/push/1.0.0', name: 'identify push', spec: `${libp2p}/identify/README.md` },
  { protocol: '/ipfs/ping/1.0.0', name: 'ping', spec: `${libp2p}/ping/ping.md` },
  { protocol: '/ipfs/kad/1.0.0', name: 'Kademlia DHT', spec: `${libp2p}/kad-dht/README.md` },
  { protocol: '/ipfs/lan/kad/1.0.0', name: 'Kademlia DHT of a LAN', spec: `${ipfs}/routing/kad-dht/` },
  { protocol: '/floodsub/1.0.0', name: 'floodsub', spec: `${libp2p}/pubsub/README.md` },
  { protocol: '/meshsub/1.0.0', name: 'gossipsub 1.0', spec: `${libp2p}/pubsub/gossipsub/gossipsub-v1.0.md` },
  { protocol: '/meshsub/1.1.0', name: 'gossipsub 1.1', spec: `${libp2p}/pubsub/gossipsub/gossipsub-v1.1.md` },
  { protocol: '/meshsub/1.2.0', name: 'gossipsub 1.2', spec: `${libp2p}/pubsub/gossipsub/gossipsub-v1.2.md` },
  { protocol: '/meshsub/1.3.0', name: 'gossipsub 1.3', spec: `${libp2p}/pubsub/gossipsub/gossipsub-v1.3.md` },
  { protocol: '/libp2p/circuit/relay/0.2.0/hop', name: 'circuit relay v2 hop', spec: `${libp2p}/relay/circuit-v2.md` },
  {
    protocol: '/libp2p/circuit/relay/0.2.0/stop',
    name: 'circuit relay v2 stop',
    spec: `${libp2p}/relay/circuit-v2.md`,
  },
  { protocol: '/libp2p/circuit/relay/0.1.0', name: 'circuit relay v1', spec: `${libp2p}/relay/circuit-v1.md` },
  { protocol: '/libp2p/dcutr', name: 'DCUtR', spec: `${libp2p}/relay/DCUtR.md` },
  { protocol: '/libp2p/autonat/1.0.0', name: 'AutoNAT v1', spec: `${libp2p}/autonat/autonat-v1.md` },
  { protocol: '/libp2p/autonat/2/dial-request', name: 'AutoNAT v2 request', spec: `${libp2p}/autonat/autonat-v2.md` },
  { protocol: '/libp2p/autonat/2/dial-back', name: 'AutoNAT v2 dial-back', spec: `${libp2p}/autonat/autonat-v2.md` },
  { protocol: '/webrtc-signaling/0.0.1', name: 'WebRTC signalling', spec: `${libp2p}/webrtc/webrtc.md` },
  { protocol: '/perf/1.0.0', name: 'perf', spec: `${libp2p}/perf/perf.md` },
  { protocol: '/libp2p/fetch/0.0.1', name: 'fetch', spec: `${libp2p}/fetch/README.md` },
  { protocol: '/rendezvous/1.0.0', name: 'rendezvous', spec: `${libp2p}/rendezvous/README.md` },
  { protocol: '/http/1.1', name: 'HTTP', spec: `${libp2p}/http/README.md` },
  { protocol: '/ipfs/bitswap', name: 'bitswap', spec: `${ipfs}/bitswap-protocol/` },
  { protocol: '/ipfs/bitswap/1.0.0', name: 'bitswap 1.0', spec: `${ipfs}/bitswap-protocol/` },
  { protocol: '/ipfs/bitswap/1.1.0', name: 'bitswap 1.1', spec: `${ipfs}/bitswap-protocol/` },
  { protocol: '/ipfs/bitswap/1.2.0', name: 'bitswap 1.2', spec: `${ipfs}/bitswap-protocol/` },
  { protocol: '/ipfs/graphsync/1.0.0', name: 'graphsync 1.0', spec: 'https://ipld.io/specs/transport/graphsync/' },
  { protocol: '/ipfs/graphsync/2.0.0', name: 'graphsync 2.0', spec: 'https://ipld.io/specs/transport/graphsync/' },
]
