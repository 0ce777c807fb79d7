import type { StreamCloseEvent } from '@libp2p/interface'
import { codeOf } from '../errors/causes.ts'

const hangUpCodes = new Set(['EPIPE', 'ECONNRESET'])

/** Who ended a connection or a stream, and why. */
export interface ClosedReason {
  by: 'local' | 'remote'
  reason: string
}

/**
 * Explains the end of a connection or stream.
 *
 * @param event - libp2p's close event
 * @returns who ended it, and why
 */
export function closedReason(event: StreamCloseEvent): ClosedReason {
  const by = event.local === true ? 'local' : 'remote'
  if (event.error === undefined) return { by, reason: 'closed' }
  // libp2p calls an error of this side's socket local, whoever hung up
  const hungUp = event.error.name === 'StreamResetError' || hangUpCodes.has(codeOf(event.error) ?? '')
  return hungUp ? { by: 'remote', reason: 'reset' } : { by, reason: event.error.message }
}
