/** One link of a chain of causes, as error records show it. */
export interface CauseLink {
  name: string
  code?: string
  message: string
}

/** Chains longer than this are cut: a hostile or cyclic chain must not fill a terminal. */
const maxLinks = 16
const maxMessageLength = 2000

/**
 * Flattens what lies below an error: its `cause` chain, and the members of every AggregateError.
 *
 * @param error - any thrown value
 * @returns at most 16 links, outermost first, without the error itself
 */
export function causesOf(error: unknown): CauseLink[] {
  const links: CauseLink[] = []
  const seen = new Set<unknown>([error])
  const queue = below(error)
  while (queue.length > 0 && links.length < maxLinks) {
    const cause = queue.shift()
    if (cause === undefined || seen.has(cause)) continue
    seen.add(cause)
    links.push(describe(cause))
    queue.unshift(...below(cause))
  }
  return links
}

/**
 * Reads the system error code (`ECONNREFUSED`) or library code of an error.
 *
 * @param error - any thrown value
 * @returns its string `code`, if it has one
 */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/**
 * Reads what an error says. libp2p also rejects with the event that ended a stream.
 *
 * @param error - any thrown value
 * @returns its message
 */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  if (error instanceof Event) return 'error' in error && error.error instanceof Error ? error.error.message : 'closed'
  return String(error)
}

function below(error: unknown): unknown[] {
  if (!(error instanceof Error)) return []
  const members = error instanceof AggregateError ? error.errors.slice(0, maxLinks) : []
  return error.cause === undefined ? members : [...members, error.cause]
}

function describe(error: unknown): CauseLink {
  const message = messageOf(error).slice(0, maxMessageLength)
  if (!(error instanceof Error)) return { name: 'Error', message }
  const code = codeOf(error)
  return code === undefined ? { name: error.name, message } : { name: error.name, code, message }
}
