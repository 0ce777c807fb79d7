import type { LookupTreeRecord } from '../records/dht.ts'
import { branchesOf, type LookupPeer, notAsked, peerClauses, treeTitle } from './lookup-tree.ts'
import { sanitiseRecord } from './sanitise.ts'

/** Longest label of a line: Graphviz makes a box as wide as it is. */
const longestLine = 80

/**
 * Renders a lookup for Graphviz: a box for each peer that was asked, an arrow from who introduced it, and beside each
 * peer the number of those that it named and that were not asked.
 *
 * @param tree - the lookup, as it came
 * @returns a digraph of https://graphviz.org/doc/info/lang.html; whatever a remote sent is sanitised and quoted
 */
export function renderLookupDot(tree: LookupTreeRecord): string {
  const record = sanitiseRecord(tree)
  const { below, top } = branchesOf(record)
  const names = new Map(record.peers.map(({ peer }, index) => [peer, `p${index}`]))
  const lines: string[] = []
  const others = (name: string, peers: LookupPeer[]) => {
    const rest = peers.filter(({ requests }) => requests.length === 0).length
    if (rest > 0) lines.push(`  ${name}rest [shape=plaintext, label=${quoted([notAsked(rest)])}]`)
    return rest > 0
  }
  for (const { peer, by, ...node } of record.peers) {
    if (node.requests.length === 0) continue
    const name = names.get(peer) ?? ''
    const from = by === undefined ? undefined : names.get(by)
    lines.push(`  ${name} [label=${quoted(labelOf({ peer, ...node }))}, color=${colorOf(node.requests)}]`)
    if (from !== undefined) lines.push(`  ${from} -> ${name}`)
    if (others(name, below.get(peer) ?? [])) lines.push(`  ${name} -> ${name}rest [style=dashed]`)
  }
  others('p', top)
  const head = ['digraph lookup {', `  label=${quoted([treeTitle(record)])}`, '  rankdir=LR', '  node [shape=box]']
  return `${[...head, ...lines, '}'].join('\n')}\n`
}

function labelOf(node: LookupPeer): string[] {
  const { peer, cpl } = node
  const place = cpl === undefined ? [] : [`cpl ${cpl}`]
  return [peer, ...place, ...peerClauses(node).map(({ clauses }) => clauses.join(', '))]
}

function colorOf(requests: LookupPeer['requests']): string {
  const last = requests.at(-1)
  if (last?.error !== undefined) return 'red'
  return last?.rttMs === undefined ? 'gray' : 'darkgreen'
}

/** In labels `&` begins an entity, which may stand for a control, and a backslash an escape. */
const escapes: Record<string, string> = { '&': '&amp;', '\\': '\\\\', '"': '\\"' }

/** A quoted string of DOT; `\l` ends a line and sets it to the left. */
function quoted(lines: string[]): string {
  const escaped = lines.map((line) => line.slice(0, longestLine).replace(/[&\\"]/g, (mark) => escapes[mark] ?? mark))
  return `"${escaped.join('\\l')}${escaped.length > 1 ? '\\l' : ''}"`
}
