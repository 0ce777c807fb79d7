import type { LookupTreeRecord } from '../records/dht.ts'
import { renderMs } from './rows.ts'
import type { Style } from './style.ts'

export type LookupPeer = LookupTreeRecord['peers'][number]
type LookupRequest = LookupPeer['requests'][number]

/** Beyond this depth branches are drawn below one another: a chain of liars can be as long as it likes. */
const deepest = 32

/** Renders a lookup as a tree: below each peer those that it introduced and that were asked, the others as a number. */
export function renderLookupTree(record: LookupTreeRecord, style: Style): string {
  const { below, top } = branchesOf(record)
  const lines = [style.bold(treeTitle(record))]
  const draw = (peers: LookupPeer[], prefix: string, depth: number) => {
    const asked = peers.filter(({ requests }) => requests.length > 0)
    const rest = peers.length - asked.length
    asked.forEach((peer, index) => {
      const last = index === asked.length - 1 && rest === 0
      lines.push(`${prefix}${last ? '└─' : '├─'} ${renderPeer(peer, style)}`)
      const deeper = depth < deepest ? `${prefix}${last ? '   ' : '│  '}` : prefix
      draw(below.get(peer.peer) ?? [], deeper, depth + 1)
    })
    if (rest > 0) lines.push(`${prefix}└─ ${style.dim(notAsked(rest))}`)
  }
  draw(top, '', 0)
  return lines.join('\n')
}

/**
 * The branches of a lookup's tree.
 *
 * @param record - the lookup
 * @returns the peers that each introduced, and those that nobody did
 */
export function branchesOf({ peers }: LookupTreeRecord): { below: Map<string, LookupPeer[]>; top: LookupPeer[] } {
  const below = new Map<string, LookupPeer[]>(peers.map(({ peer }) => [peer, []]))
  const top = peers.filter((peer) => {
    const branch = peer.by === undefined ? undefined : below.get(peer.by)
    branch?.push(peer)
    return branch === undefined
  })
  return { below, top }
}

/** Says what a lookup was for, or how many there were, and how much is shown, in one line. */
export function treeTitle({ key, lookups, peers, dropped = 0 }: LookupTreeRecord): string {
  const asked = peers.filter(({ requests }) => requests.length > 0).length
  const more = dropped > 0 ? `, ${dropped} more not kept` : ''
  const what = key === undefined ? (lookups === undefined ? '' : `${lookups} lookups: `) : `lookup of ${key}: `
  return `${what}${asked} of ${peers.length} peers asked${more}`
}

/** Says how many peers were named, and not asked. */
export function notAsked(count: number): string {
  return `${count} not asked`
}

/**
 * Says what became of the requests to a peer.
 *
 * @param peer - the peer
 * @returns for each request the clauses of it; the number of those that are not kept comes last
 */
export function peerClauses({ requests, dropped = 0 }: LookupPeer): Array<{ clauses: string[]; failed: boolean }> {
  const kept = requests.map((request) => ({ clauses: requestClauses(request), failed: request.error !== undefined }))
  return dropped > 0 ? [...kept, { clauses: [`${dropped} more requests`], failed: false }] : kept
}

/**
 * Says what became of a request.
 *
 * @param request - the request
 * @returns clauses of it, the request itself first
 */
function requestClauses({ request, rttMs, closer = 0, providers = 0, value, error }: LookupRequest): string[] {
  if (error !== undefined) return [request, `${error.code}: ${error.message}`]
  if (rttMs === undefined) return [request, 'not waited for']
  return [
    request,
    renderMs(rttMs),
    ...(closer > 0 ? [`${closer} closer`] : []),
    ...(providers > 0 ? [`${providers} provider${providers === 1 ? '' : 's'}`] : []),
    ...(value === true ? ['value'] : []),
  ]
}

function renderPeer(node: LookupPeer, style: Style): string {
  const { peer, cpl } = node
  const outcomes = peerClauses(node).map(({ clauses, failed }) => {
    const text = clauses.join('  ')
    return failed ? style.bad(text) : text
  })
  return [peer, ...(cpl === undefined ? [] : [style.dim(`cpl ${cpl}`)]), ...outcomes].join('  ')
}
