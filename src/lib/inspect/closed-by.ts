import type { MultiaddrConnection, StreamCloseEvent } from '@libp2p/interface'

/** Raw connections that this side has closed in order. */
const closedHere = new WeakSet<object>()

/**
 * Notes when this side closes a raw connection in order, which libp2p's events do not tell.
 *
 * @param raw - a raw connection that is new
 */
export function noteClosing(raw: MultiaddrConnection): void {
  const close = raw.close.bind(raw)
  raw.close = async (options) => {
    if (raw.status === 'open') closedHere.add(raw)
    await close(options)
  }
}

/** Who ended a connection or a stream, and why. */
export interface ClosedBy {
  by: 'local' | 'remote'
  reason: string
}

/** System error codes of a socket whose other end is gone. */
const hangUpCodes = new Set(['EPIPE', 'ECONNRESET'])

/**
 * Explains the end of a connection or a stream.
 *
 * @param event - libp2p's close event
 * @param raw - the raw connection, where the end of one is meant
 * @returns who ended it, and why
 */
export function closedBy(event: StreamCloseEvent, raw?: object): ClosedBy {
  const { error } = event
  if (error === undefined) {
    const here = event.local === true || (raw !== undefined && closedHere.has(raw))
    return { by: here ? 'local' : 'remote', reason: 'closed' }
  }
  // libp2p calls an error of this side's socket local, whoever hung up
  const code = 'code' in error ? String(error.code) : ''
  if (error.name === 'StreamResetError' || hangUpCodes.has(code)) return { by: 'remote', reason: 'reset' }
  return { by: event.local === true ? 'local' : 'remote', reason: error.message }
}
