import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtSummaryRecord } from '../../records/dht.ts'
import type { OperationContext } from '../context.ts'
import type { Query } from './query.ts'

/** How a query ended. */
export interface Conclusion {
  /** there is an answer */
  found: boolean
  /** nobody is left to ask, or enough was found */
  complete: boolean
  /** referrals to the peer that gave the answer */
  hops?: number | undefined
  /** what there is not, where nothing was found */
  otherwise: string
  /** what to try then */
  suggestions?: string[]
}

/**
 * Ends a query: its summary, then its failure where it has no answer.
 *
 * @param query - the query
 * @param conclusion - how it ended
 * @param context - of the command, whose end is another than the deadline's
 * @returns the summary
 * @throws ToolkitError `negative` when everybody was asked, `timeout` when the deadline came first, the worst failure
 *   where nobody answered at all; the signal's reason
 */
export function* conclude(
  query: Query,
  { found, complete, hops, otherwise, suggestions = [] }: Conclusion,
  { signal }: OperationContext,
): Generator<DhtSummaryRecord> {
  yield query.statistics.summary(complete, hops)
  signal.throwIfAborted()
  if (!found) throw failureOf(query, complete, otherwise, suggestions)
}

function failureOf({ statistics, input }: Query, complete: boolean, otherwise: string, hints: string[]): ToolkitError {
  const { worst, anySucceeded, unanswered } = statistics
  if (!complete) {
    const [first, ...more] = anySucceeded ? [] : unanswered
    const others = more.length === 0 ? '' : ` and ${more.length} more`
    const silent = first === undefined ? '' : `: nothing has come from ${first}${others}`
    const message = `${otherwise} before the deadline${silent}`
    return new ToolkitError('timeout', message, { layer: 'routing', suggestions: hints })
  }
  if (anySucceeded || worst === undefined)
    return new ToolkitError('negative', otherwise, { layer: 'routing', suggestions: hints })
  if (input.from !== undefined) return worst
  const { code, layer, peer, addresses, suggestions, cause } = worst
  const about = { ...(layer && { layer }), ...(peer !== undefined && { peer }) }
  return new ToolkitError(code, `no DHT peer answered: ${worst.message}`, { ...about, addresses, suggestions, cause })
}
