import type { Target } from '../addresses/target.ts'
import { messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import type { RunningNode } from '../node/running-node.ts'
import type { ScannedRecord, ScanSummaryRecord } from '../records/scanned.ts'
import type { OperationContext } from './context.ts'
import type { DialPace } from './dial-pace.ts'
import { type Claims, type ProtocolCandidate, protocolCandidatesOf } from './scan-candidates.ts'
import { readClaims } from './scan-claims.ts'
import { type Finding, scanLayers } from './scan-layers.ts'
import { ScanPace } from './scan-pace.ts'
import { ScanSession } from './scan-session.ts'
import { ScanStatistics } from './scan-statistics.ts'

/** What to scan. */
export interface ScanInput {
  target: Target
  /** protocols to ask for, beside the well-known and the claimed ones */
  protocols: string[]
  /** streams a second at most */
  rate: number
  /** of the command, all of whose scans may meet at one host */
  pace: DialPace
}

/**
 * Finds out what a peer accepts by negotiating: every security protocol and every muxer that the
 * node offers, each alone, then every protocol that the peer claims or that is well known. Streams
 * are opened one after the other and ended at once. Once the peer was reached, a summary comes last
 * in every case, also before a failure.
 *
 * @param node - a node that offers every layer
 * @param input - the peer, and what else to ask it for
 * @param context - signal and time limit
 * @returns findings, then the summary
 * @throws ToolkitError when the peer cannot be reached, at first or again, or answers nothing
 */
export async function* scan(
  node: RunningNode,
  input: ScanInput,
  context: OperationContext,
): AsyncGenerator<ScannedRecord | ScanSummaryRecord> {
  const started = performance.now()
  const pace = new ScanPace(input.pace, input.rate)
  const session = new ScanSession(node, input.target, pace, context)
  const first = await session.dial()
  const peer = first.connection.remotePeer.toString()
  const statistics = new ScanStatistics({ security: node.spec.security.length, muxer: node.spec.muxers.length })
  const problems: string[] = []
  let claims: Claims = {}
  let failure: unknown
  try {
    for await (const finding of scanLayers(node, session.target, first, pace, context)) {
      statistics.add(finding)
      yield { type: 'scanned', peer, ...finding }
    }
    statistics.layersTried()
    claims = await readClaims(session, problems, context)
    const { candidates, leftOut } = protocolCandidatesOf(input.protocols, claims)
    if (leftOut > 0) problems.push(`${leftOut} more protocols are claimed than are asked for`)
    statistics.expect(candidates)
    for (const candidate of candidates) {
      const finding = await negotiate(session, candidate)
      statistics.add(finding)
      yield { type: 'scanned', peer, ...finding }
    }
  } catch (error) {
    failure = error
    problems.push(`the scan ended early: ${messageOf(error)}`)
  } finally {
    await session.close()
  }
  const said = { identified: claims.identified !== undefined, listed: claims.listed !== undefined, problems }
  const ended = { ...said, totalMs: performance.now() - started }
  yield { type: 'summary', peer, address: first.address.toString(), ...statistics.summary(), ...ended }
  if (failure !== undefined) throw failure
}

async function negotiate(session: ScanSession, candidate: ProtocolCandidate): Promise<Finding> {
  const { impossible, protocol, claimed, ...more } = candidate
  const about = { layer: 'protocol', protocol } as const
  if (impossible !== undefined) {
    return { ...about, accepted: false, claimed, answered: false, ...more, reason: impossible }
  }
  const answer = await session.ask(protocol)
  const { elapsedMs } = answer
  if (answer.stream !== undefined) {
    answer.stream.abort(new Error('nothing is asked of this protocol but whether it is spoken'))
    return { ...about, accepted: true, claimed, elapsedMs, answered: true, ...more }
  }
  const { failure } = answer
  const answered = failure instanceof ToolkitError && failure.code === 'protocol' && failure.layer === 'protocol'
  return { ...about, accepted: false, claimed, elapsedMs, answered, ...more, reason: messageOf(failure) }
}
