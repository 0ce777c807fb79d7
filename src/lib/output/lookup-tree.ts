import type { LookupTreeRecord } from '../records/dht.ts'
import { renderMs } from './rows.ts'
import type { Style } from './style.ts'

export type LookupPeer = LookupTreeRecord['peers'][number]
type LookupRequest = LookupPeer['requests'][number]

/** Beyond this depth branches are drawn below one another: a chain of liars can be as long as it likes. */
const deepest = 32

/** What the tree of a lookup is made from. */
type Looked = Omit<LookupTreeRecord, 'type' | 'dropped'> & { dropped: number }

/**
 * Makes the record of a lookup's tree.
 *
 * @param tree - what was seen of the lookup
 * @returns the record
 */
export function lookupTreeRecord({ key, peers, dropped }: Looked): LookupTreeRecord {
  return { type: 'lookup-tree', ...(key !== undefined && { key }), peers, ...(dropped > 0 && { dropped }) }
}

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

/** Says what a lookup was for, and how much of it is shown, in one line. */
export function treeTitle({ key, peers, dropped = 0 }: LookupTreeRecord): string {
  const asked = peers.filter(({ requests }) => requests.length > 0).length
  const more = dropped > 0 ? `, ${dropped} more not kept` : ''
  return `${key === undefined ? 'no lookup' : `lookup of ${key}`}: ${asked} of ${peers.length} peers asked${more}`
}

/** Says how many peers were named, and not asked. */
export function notAsked(count: number): string {
  return `${count} not asked`
}

/**
 * Says what became of a request.
 *
 * @param request - the request
 * @returns clauses of it, the request itself first
 */
export function requestClauses({ request, rttMs, closer = 0, providers = 0, value, error }: LookupRequest): string[] {
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

function renderPeer({ peer, cpl, requests }: LookupPeer, style: Style): string {
  const outcomes = requests.map((request) => {
    const text = requestClauses(request).join('  ')
    return request.error === undefined ? text : style.bad(text)
  })
  return [peer, ...(cpl === undefined ? [] : [style.dim(`cpl ${cpl}`)]), ...outcomes].join('  ')
}
