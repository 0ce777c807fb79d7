import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { cleanUp } from './cleanup.ts'

/**
 * Starts a peer that is made from libp2p's own modules, by nothing of this toolkit. It stops with the test.
 *
 * @param options - over TCP on loopback, noise and yamux
 * @returns the running peer
 */
export async function foreignPeer(options: Libp2pOptions = {}): Promise<Libp2p> {
  const peer = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    // of this process, whose parent starts many commands on one host
    connectionManager: { inboundConnectionThreshold: 1000 },
    ...options,
  })
  cleanUp(() => peer.stop())
  return peer
}

/** The first address of a peer, with its ID. */
export function addressOf(peer: Libp2p): string {
  return String(peer.getMultiaddrs()[0])
}

/** A stream handler: what a peer of the test does with an inbound stream. */
export type Handler = (stream: Stream) => unknown

/** Starts a peer that answers one protocol by hand. */
export async function peerAnswering(protocol: string, handler: Handler): Promise<{ peer: Libp2p; address: string }> {
  const peer = await foreignPeer()
  await peer.handle(protocol, (stream) => void handler(stream), {
    maxInboundStreams: 100,
    runOnLimitedConnection: true,
  })
  return { peer, address: addressOf(peer) }
}

/**
 * Starts a relay (circuit relay v2) and a peer that is reached through it alone.
 *
 * @returns the address through the relay, and both peers
 */
export async function relayedPeer(): Promise<{ relay: Libp2p; peer: Libp2p; address: string }> {
  const relay = await foreignPeer({ services: { identify: identify(), relay: circuitRelayServer() } })
  const peer = await foreignPeer({
    addresses: { listen: [`${addressOf(relay)}/p2p-circuit`] },
    transports: [tcp(), circuitRelayTransport()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() },
  })
  const address = `${addressOf(relay)}/p2p-circuit/p2p/${peer.peerId}`
  const reserved = () => peer.getMultiaddrs().some((known) => known.toString().includes('/p2p-circuit'))
  await new Promise<void>((resolve) => {
    const look = () => reserved() && resolve()
    peer.addEventListener('self:peer:update', look)
    look()
  })
  return { relay, peer, address }
}
