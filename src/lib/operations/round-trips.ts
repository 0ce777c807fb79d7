import type { TransportName } from '../addresses/transport-of.ts'

/** What was spoken until a connection was open. */
export interface SpokenSteps {
  transport: TransportName | undefined
  /** the WebSocket is one over TLS */
  secureWebSocket: boolean
  privateNetwork: boolean
  /** the security protocol that was agreed on, and what was offered, in the order of the offers */
  security: { agreed: string; offered: readonly string[] }
  /** likewise; `early` where it was agreed on within the security handshake */
  muxer: { agreed: string; offered: readonly string[]; early: boolean }
}

/**
 * Estimates how often a dialler had to wait for the other side until its connection was open, look-ups
 * left out. It follows from the steps that were spoken, not from the time that they took:
 *
 * - TCP: 1, SYN and its answer (RFC 9293 section 3.5). TLS 1.3 of a secure WebSocket: 1 (RFC 8446
 *   section 2). The WebSocket upgrade: 1, an HTTP request and its answer (RFC 6455 section 4).
 * - QUIC: 1 in all; its handshake carries TLS 1.3, and the muxer is its own (RFC 9000 section 7).
 * - The nonces of a private network (libp2p specs, pnet): both sides send theirs at once, but the
 *   listener not before the connection is there. Over TCP the dialler waits 1 for it; behind the
 *   answer to a WebSocket upgrade it comes along, 0.
 * - multistream-select: 1 for each protocol offered. The header goes out together with the first
 *   offer, and every offer that is refused costs one more (libp2p specs, connections).
 * - noise XX: 1. Of its one and a half round trips the dialler waits for one; its last message is
 *   followed by the first data at once. TLS 1.3: 1, likewise. plaintext: 0, since the listener sends
 *   its key right behind its consent.
 * - The muxer: 0 where it was agreed on early, else multistream-select once more.
 *
 * @param steps - what was spoken
 * @returns whole round trips; undefined for a relayed connection, whose steps go over two different
 *   paths, and for protocols that were never offered
 */
export function roundTripsOf(steps: SpokenSteps): number | undefined {
  const { transport, security, muxer } = steps
  if (transport === undefined || transport === 'relay') return undefined
  if (transport === 'quic') return 1
  const connect = transport === 'tcp' ? 1 : steps.secureWebSocket ? 3 : 2
  const nonces = steps.privateNetwork && transport === 'tcp' ? 1 : 0
  const handshake = security.agreed.startsWith('/plaintext/') ? 0 : 1
  const forSecurity = offersUntil(security)
  const forMuxer = muxer.early ? 0 : offersUntil(muxer)
  if (forSecurity === undefined || forMuxer === undefined) return undefined
  return connect + nonces + forSecurity + handshake + forMuxer
}

/** Protocols are offered by their names in the spec: `noise` is `/noise`, `yamux` is `/yamux/1.0.0`. */
function offersUntil({ agreed, offered }: { agreed: string; offered: readonly string[] }): number | undefined {
  const index = offered.indexOf(agreed.split('/')[1] ?? '')
  return index === -1 ? undefined : index + 1
}
