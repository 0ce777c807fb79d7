import type { CheckedRecord, ResolvedRecord, ResolveSummaryRecord } from '../records/resolved.ts'
import { renderMs } from './rows.ts'
import type { Style } from './style.ts'

/** Longest answer that is shown; JSON has more. */
const longestAnswer = 128

/**
 * Makes the renderer of a record of `maddr resolve`.
 *
 * @param last - of a node of the tree: for each level below the root whether its branch is the last of its parent's
 * @returns the renderer; a record is one line
 */
export function resolveRenderer(last: boolean[] = []) {
  return (record: ResolvedRecord | CheckedRecord | ResolveSummaryRecord, style: Style): string => {
    switch (record.type) {
      case 'resolved':
        return `${style.dim(trunk(last))}${renderNode(record, style)}`
      case 'checked':
        return renderChecked(record, style)
      case 'summary':
        return renderSummary(record, style)
    }
  }
}

function trunk(last: boolean[]): string {
  return last
    .map((isLast, level) => (level < last.length - 1 ? (isLast ? '    ' : '│   ') : isLast ? '└── ' : '├── '))
    .join('')
}

function renderNode(record: ResolvedRecord, style: Style): string {
  const { address, answer, recordType, ttlMs, leaf, problem, message = '' } = record
  if (problem === 'passed-over' || problem === 'not-shown') return style.dim(`… ${message}`)
  const ttl = ttlMs === undefined ? '' : `, TTL ${ttlMs / 1000} s`
  const origin = recordType === undefined ? '' : `  ${style.dim(`${recordType}${ttl}`)}`
  if (address === undefined) return `${style.dim(cut(answer ?? ''))}${origin}  ${style.warn(`dropped: ${message}`)}`
  const shown = leaf ? style.good(address) : address
  return `${shown}${origin}${problem === undefined ? '' : `  ${style.bad(`✗ ${message}`)}`}`
}

function renderChecked(record: CheckedRecord, style: Style): string {
  if (record.ok) return `${style.good('✓')} ${record.address}  ${renderMs(record.totalMs ?? 0)}`
  const place = record.tried === true ? (record.layer ?? record.code) : 'not tried'
  return `${style.bad('✗')} ${record.address}  ${place}: ${record.message}`
}

/** Counts of 0 are left out, but for the addresses. */
function renderSummary(record: ResolveSummaryRecord, style: Style): string {
  const { leaves, reachable, deadEnds, dropped, passedOver, lookUps, totalMs } = record
  const counts = [
    count(leaves, 'address', 'addresses'),
    ...(reachable === undefined ? [] : [`${reachable} reachable`]),
    ...(deadEnds === 0 ? [] : [count(deadEnds, 'dead end', 'dead ends')]),
    ...(dropped === 0 ? [] : [`${count(dropped, 'record', 'records')} dropped`]),
    ...(passedOver === 0 ? [] : [`${count(passedOver, 'record', 'records')} passed over`]),
    ...(lookUps === 0 ? [] : [count(lookUps, 'look-up', 'look-ups')]),
  ]
  return style.dim(`${counts.join(', ')}; ${renderMs(totalMs)}`)
}

function count(number: number, one: string, more: string): string {
  return `${number} ${number === 1 ? one : more}`
}

function cut(text: string): string {
  return text.length <= longestAnswer ? text : `${text.slice(0, longestAnswer - 1)}…`
}
