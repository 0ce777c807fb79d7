import { generateKeyPair } from '@libp2p/crypto/keys'
import type { ConnectionEncrypter, PrivateKey, StreamHandler, StreamMuxerFactory } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { cleanUp } from './cleanup.ts'

/** A libp2p node of this process whose handlers a test writes: it may misbehave. */
export interface Peer {
  libp2p: Libp2p
  peerId: string
  /** TCP address with the peer ID */
  address: string
}

/** How a peer is made. */
export interface PeerOptions {
  privateKey?: PrivateKey
  handlers?: Record<string, StreamHandler>
  encrypters?: Array<(components: never) => ConnectionEncrypter>
  muxers?: Array<(components: never) => StreamMuxerFactory>
}

/**
 * Starts a libp2p node over TCP that speaks nothing but what its handlers do; it ends with the test.
 *
 * @param options - handlers by protocol
 * @returns the peer
 */
export async function startPeer(options: PeerOptions = {}): Promise<Peer> {
  const libp2p = await createLibp2p({
    ...(options.privateKey && { privateKey: options.privateKey }),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: (options.encrypters ?? [noise()]) as Array<ReturnType<typeof noise>>,
    streamMuxers: (options.muxers ?? [yamux()]) as Array<ReturnType<typeof yamux>>,
    connectionMonitor: { enabled: false },
  })
  for (const [protocol, handler] of Object.entries(options.handlers ?? {})) {
    await libp2p.handle(protocol, handler, { maxInboundStreams: 1000 })
  }
  cleanUp(() => Promise.race([libp2p.stop(), new Promise((resolve) => setTimeout(resolve, 2000).unref())]))
  const address = libp2p.getMultiaddrs()[0]?.toString() ?? ''
  return { libp2p, peerId: libp2p.peerId.toString(), address }
}

/** A peer ID that nobody has. */
export async function strangerId(): Promise<string> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
}
