import { isNegotiable } from '../protocols/multistream-list.ts'
import { wellKnownProtocols } from '../protocols/well-known.ts'

/** Protocols that one scan asks for. */
const mostCandidates = 1200

/** A protocol to ask for, and who speaks of it. */
export interface ProtocolCandidate {
  protocol: string
  claimed: boolean
  listed?: boolean
  name?: string
  spec?: string
  /** why it cannot be asked for */
  impossible?: string
}

/** What a peer says that it speaks; a list is absent where it did not say. */
export interface Claims {
  identified?: string[]
  listed?: string[]
}

/**
 * Lists what a scan asks for: what the user names, the well-known protocols, then what the peer
 * claims, each once. The claims come last since only they have no end.
 *
 * @param asked - protocols that the user names
 * @param claims - what the peer says of itself
 * @returns at most 1,200 candidates, and how many were left out
 */
export function protocolCandidatesOf(
  asked: string[],
  claims: Claims,
): { candidates: ProtocolCandidate[]; leftOut: number } {
  const known = new Map(wellKnownProtocols.map((entry) => [entry.protocol, entry]))
  const identified = new Set(claims.identified)
  const listed = new Set(claims.listed)
  const all = [...new Set([...asked, ...known.keys(), ...identified, ...listed])]
  const candidates = all.slice(0, mostCandidates).map((protocol): ProtocolCandidate => {
    const entry = known.get(protocol)
    return {
      protocol,
      claimed: identified.has(protocol) || listed.has(protocol),
      ...(claims.listed && { listed: listed.has(protocol) }),
      ...(entry && { name: entry.name, spec: entry.spec }),
      ...(!isNegotiable(protocol) && { impossible: 'not tried: multistream-select cannot send this name' }),
    }
  })
  return { candidates, leftOut: all.length - candidates.length }
}
