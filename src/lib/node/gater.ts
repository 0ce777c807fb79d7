import type { ConnectionGater } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { isPrivateAddress } from '../addresses/private-address.ts'
import type { CompleteSpec } from './spec.ts'

/**
 * Decides who is let in, and which of the addresses that peers tell are dialled.
 *
 * @param spec - a complete spec
 * @param privateAllowed - whether the target itself was private
 * @returns libp2p's gater
 */
export function gaterOf(spec: CompleteSpec, privateAllowed: () => boolean): ConnectionGater {
  const allowed = spec.allowPeers === undefined ? undefined : new Set(spec.allowPeers)
  return {
    denyDialMultiaddr: (address: Multiaddr) => !privateAllowed() && isPrivateAddress(address),
    ...(allowed && { denyInboundEncryptedConnection: (peer) => !allowed.has(peer.toString()) }),
  }
}
