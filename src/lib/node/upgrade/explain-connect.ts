import { causesOf, codeOf, messageOf } from '../../errors/causes.ts'
import type { ErrorCode } from '../../errors/exit-codes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'

/** What went wrong before there was a raw connection. */
export interface ConnectFailure {
  code: ErrorCode
  message: string
  suggestions: string[]
}

/** System error codes of a connection attempt, in words. */
const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'the operating system gave up waiting',
  ENOTFOUND: 'unknown host',
  EADDRNOTAVAIL: 'no address to connect from',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
}

/** OpenSSL and Node codes of a certificate that was not accepted. */
const certificateCode =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA)/

/**
 * Explains why no raw connection came about.
 *
 * @param error - what a transport threw while it connected
 * @returns the failure's class, a one-line message and what to try
 */
export function explainConnect(error: unknown): ConnectFailure {
  const message = messageOf(error)
  const code = [codeOf(error), ...causesOf(error).map((link) => link.code)].find((found) => found !== undefined) ?? ''

  if (certificateCode.test(code)) {
    return {
      code: 'security',
      message: `the TLS certificate is not accepted: ${message} (${code})`,
      suggestions: ['trust its authority with --tls-ca FILE, or dial by the name that the certificate is for'],
    }
  }
  if (/^HPE_/.test(code) || /^Unexpected server response/.test(message)) {
    return { code: 'protocol', message: `not a WebSocket server: ${message}`, suggestions: [] }
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return { code: 'protocol', message: `no TLS was spoken: ${message.split('\n', 1)[0]}`, suggestions: [] }
  }
  return (
    explainQuic(message) ?? {
      code: 'unreachable',
      message: `${words[code] ?? message}${code && ` (${code})`}`,
      suggestions: [],
    }
  )
}

/**
 * Explains why an inbound connection came to nothing before libp2p saw it.
 *
 * @param error - what a listener logged
 * @returns a classified error of the transport
 */
export function explainListener(error: unknown): ToolkitError {
  const message = messageOf(error).split('\n', 1)[0] ?? ''
  const code = /alert|certificate|handshake/i.test(message) ? 'security' : 'protocol'
  return new ToolkitError(code, `no connection came about: ${message}`, { layer: 'transport', cause: error })
}

/** The QUIC binding throws plain errors: their texts are all there is. */
function explainQuic(message: string): ConnectFailure | undefined {
  if (/^Dialed peer .* but connected to /.test(message))
    return { code: 'security', message: wrongPeer(message), suggestions: [] }
  if (/cryptographic handshake failed|invalid peer certificate|TLS/i.test(message)) {
    return { code: 'security', message: `the QUIC handshake failed: ${message}`, suggestions: [] }
  }
  if (/timed out/i.test(message)) return { code: 'timeout', message: 'no answer over QUIC', suggestions: [] }
  return undefined
}

function wrongPeer(message: string): string {
  const [, expected, actual] = /^Dialed peer (\S+) but connected to (\S+)/.exec(message) ?? []
  return `wrong peer ID: expected ${expected}, the other side is ${actual}`
}
