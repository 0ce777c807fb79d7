import type { Libp2p } from '@libp2p/interface'
import { answerEcho, echoProtocol } from '../protocols/echo.ts'
import { answerPing, pingProtocol } from '../protocols/ping.ts'
import type { CompleteSpec } from './spec.ts'

/** Streams of one protocol that one connection may have open towards this node. */
const maxInboundStreams = 64

/**
 * Registers the protocols that a node answers beside identify, which is a module of libp2p.
 *
 * @param libp2p - a node that has not been started
 * @param spec - its spec
 */
export async function registerServices(libp2p: Libp2p, spec: CompleteSpec): Promise<void> {
  const options = { maxInboundStreams, runOnLimitedConnection: true }
  if (spec.services.includes('ping')) await libp2p.handle(pingProtocol, answerPing, options)
  if (spec.services.includes('echo')) await libp2p.handle(echoProtocol, answerEcho, options)
}
