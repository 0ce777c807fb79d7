/** A raw connection that can tell when the other side has what was written: QUIC counts packets. */
interface Acknowledging {
  acknowledged(signal: AbortSignal): Promise<void>
}

/**
 * Whether a raw connection can tell when the other side has what was written.
 *
 * @param raw - any raw connection
 * @returns true for QUIC
 */
export function isAcknowledging(raw: object | undefined): raw is Acknowledging {
  return raw !== undefined && 'acknowledged' in raw && typeof raw.acknowledged === 'function'
}
