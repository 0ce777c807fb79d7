import type { ComponentLogger, Logger } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'

/** What a listener logs, and tells nobody, when a connection fails before libp2p sees it. */
const reported: Record<string, RegExp> = {
  'libp2p:websockets:listener': /^(?:TLS client error|no appropriate listener)/,
  'libp2p:quic:listener': /error accepting connection/,
}

/**
 * libp2p's own logger (`DEBUG=libp2p:*`), which also reports the failures of inbound connections
 * that listeners only log: a TLS or QUIC handshake that came to nothing.
 *
 * @param onFailed - told the error, or what was logged where there is none
 * @returns the logger of a node
 */
export function listenerLog(onFailed: (error: unknown) => void): ComponentLogger {
  const inner = defaultLogger()
  return {
    forComponent(name) {
      const log = inner.forComponent(name)
      const pattern = reported[name]
      return pattern === undefined ? log : watch(log, pattern, onFailed)
    },
  }
}

function watch(log: Logger, pattern: RegExp, onFailed: (error: unknown) => void): Logger {
  const error: Logger['error'] = (format, ...args) => {
    log.error(format, ...args)
    if (typeof format !== 'string' || !pattern.test(format)) return
    const cause = args.find((arg) => arg instanceof Error)
    // a listener that is closed gives up its wait for the next connection
    if (cause?.name !== 'AbortError') onFailed(cause ?? format)
  }
  return Object.assign((...args: Parameters<Logger>) => log(...args), {
    error,
    trace: log.trace,
    newScope: (name: string) => log.newScope(name),
    enabled: log.enabled,
  })
}
