import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Target } from '../addresses/target.ts'
import { transportOf } from '../addresses/transport-of.ts'
import { deadlineOf, formatDuration } from '../errors/deadline.ts'
import type { AddressOutcome } from '../errors/toolkit-error.ts'
import { type Candidate, candidatesOf, dialCandidate, type Judged, judge } from '../node/candidate.ts'
import { outcomeOf } from '../node/failed-dial.ts'
import { loadTransports } from '../node/modules.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import type { AttemptRecord } from '../records/attempt.ts'
import type { OperationContext } from './context.ts'
import type { Locate } from './dht/peer-locator.ts'
import { type DialMatrix, failedRow, type Row, verdict } from './dial-matrix.ts'
import { DialPace } from './dial-pace.ts'
import { reportOf } from './dial-report.ts'

/** Which addresses to try, and what is asked of them. */
export interface DialEachInput {
  targets: Target[]
  /** looks up those without addresses */
  locate?: Locate
  /** every address has to work, one that cannot be tried included */
  requireAll: boolean
  /** told of each attempt as it ends */
  onAttempt: (attempt: AttemptRecord) => Promise<void>
}

/**
 * Tries every address on its own, side by side: names are looked up first, and each address that they
 * lead to counts for itself. A connection is closed at once. The time limit is that of each look-up
 * and of each dial.
 *
 * @param node - the node that dials
 * @param input - targets; addresses that name no second peer are taken for those of one target
 * @param context - signal and time limit; when the signal aborts, what has not ended is left out
 * @returns every attempt, and whether it is a failure: no address of a target worked, then it has the
 *   class of the one that got furthest; or not all worked, where that is required, then the worst
 */
export async function dialEach(
  node: RunningNode,
  input: DialEachInput,
  context: OperationContext,
): Promise<DialMatrix> {
  const targets = ofOnePeer(input.targets) ?? input.targets
  const pace = new DialPace()
  const given = targets.flatMap(({ addresses }) => addresses)
  await loadTransports(node.spec, given.map(transportOf))
  const tell = async (row: Row): Promise<Row[]> => {
    if (context.signal.aborted) return []
    await input.onAttempt(row.attempt)
    return [row]
  }
  const matrix = targets.map(async (wanted): Promise<Row[]> => {
    const { label } = wanted
    const target = targets.length > 1 ? { target: label } : {}
    const located = await locatedBy(input, wanted)
    if ('failure' in located) return await tell(failedRow(located.failure, target))
    const { addresses } = located
    const each = addresses.map(async (address): Promise<Row[]> => {
      const { found, failed } = await leavesOf(node, address, context)
      await loadTransports(
        node.spec,
        found.map((candidate) => transportOf(candidate.address)),
      )
      const dialled = judge(node, found).map(async (judged) => {
        const row = await attempt(node, judged, target, pace, context)
        return row === undefined ? [] : await tell(row)
      })
      const dead = failed.map((outcome) => tell(failedRow(outcome, target)))
      return (await Promise.all([...dialled, ...dead])).flat()
    })
    return (await Promise.all(each)).flat()
  })
  return verdict(await Promise.all(matrix), input.requireAll)
}

/** Addresses of which no two name different peers: one target, of which any address will do. */
function ofOnePeer(targets: Target[]): Target[] | undefined {
  const named = targets.filter(({ peer }) => peer !== undefined)
  const [first] = named.length > 0 ? named : targets
  if (first === undefined || named.length > 1 || targets.some(isBare)) return undefined
  return [{ ...first, addresses: targets.flatMap(({ addresses }) => addresses) }]
}

function isBare({ addresses }: Target): boolean {
  return addresses.length === 0
}

async function locatedBy({ locate }: DialEachInput, wanted: Target): Promise<Target | { failure: AddressOutcome }> {
  if (locate === undefined) return wanted
  try {
    return (await locate(wanted)).target
  } catch (error) {
    return { failure: outcomeOf(multiaddr(wanted.label), error, 'address') }
  }
}

async function leavesOf(node: RunningNode, address: Multiaddr, { signal, timeoutMs }: OperationContext) {
  using deadline = deadlineOf(signal, timeoutMs, `not looked up within ${formatDuration(timeoutMs)}`)
  const { found, failed } = await candidatesOf(node, address, deadline.signal)
  const same = (a: Candidate, b: Candidate) => a.address.equals(b.address) && a.hostName === b.hostName
  return { found: found.filter((one, index) => found.findIndex((other) => same(one, other)) === index), failed }
}

async function attempt(
  node: RunningNode,
  { candidate, refused }: Judged,
  target: { target?: string },
  pace: DialPace,
  { signal, timeoutMs }: OperationContext,
): Promise<Row | undefined> {
  const { address, resolveMs } = candidate
  if (refused !== undefined) return failedRow(refused, target)
  using place = await pace.enter([address], signal).catch(() => undefined)
  // the command has ended before it was this address's turn
  if (place === undefined) return undefined
  const started = performance.now()
  const elapsed = () => (resolveMs ?? 0) + performance.now() - started
  using deadline = deadlineOf(signal, timeoutMs, `not within ${formatDuration(timeoutMs)}`)
  try {
    const connection = await dialCandidate(node, candidate, deadline.signal)
    const report = reportOf(node, { connection, totalMs: elapsed(), ...(resolveMs !== undefined && { resolveMs }) })
    const peer = connection.remotePeer.toString()
    await closeConnection(connection)
    return { attempt: { type: 'attempt', ...target, address: `${address}`, tried: true, ok: true, peer, ...report } }
  } catch (error) {
    return failedRow(outcomeOf(address, error, 'transport'), target, elapsed())
  }
}
