import type { Observed } from './event.ts'
import { Negotiation } from './negotiation.ts'

/**
 * Follows the negotiation of a security protocol; what comes behind it is the handshake's own affair.
 *
 * @param observe - receives each line, and the protocol that was agreed on
 * @returns a negotiation to be fed with the bytes of a raw connection, or of one that a key protects
 */
export function securityNegotiation(observe: (observed: Observed) => void): Negotiation {
  return new Negotiation({
    line: (direction, line) => observe({ layer: 'security', type: `line-${direction}`, detail: { line } }),
    agreed: (protocol) => observe({ layer: 'security', type: 'protocol-selected', detail: { protocol } }),
    payload: () => {},
  })
}
