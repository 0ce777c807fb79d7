import type { ScannedRecord, ScanSummaryRecord } from '../records/scanned.ts'
import { renderMs, renderRows } from './rows.ts'
import type { Style } from './style.ts'

/**
 * Whether people want to see a finding: a well-known protocol that nobody claims and that is refused
 * is as it should be, and only counted.
 *
 * @param record - a record of a scan
 * @param asked - protocols that the user names
 * @returns true for the summary and for everything that says something
 */
export function isTelling(record: ScannedRecord | ScanSummaryRecord, asked: string[]): boolean {
  if (record.type === 'summary' || record.layer !== 'protocol' || asked.includes(record.protocol)) return true
  return record.accepted || record.claimed || !record.answered
}

/**
 * Makes the renderer of `scan`: a table whose lines come as the answers do, then the summary.
 *
 * @returns the renderer
 */
export function scanRenderer() {
  let begun = false
  const shown = new Map<string | undefined, number>()
  return (record: ScannedRecord | ScanSummaryRecord, style: Style): string => {
    if (record.type === 'summary') return renderSummary(record, shown.get(record.target) ?? 0, style)
    const isRefusal = record.layer === 'protocol' && record.answered && !record.accepted
    if (isRefusal) shown.set(record.target, (shown.get(record.target) ?? 0) + 1)
    const head = begun ? [] : [style.bold(line(['', 'layer', 'answer', 'time', 'protocol']))]
    begun = true
    return [...head, renderFinding(record, style)].join('\n')
  }
}

function renderFinding(record: ScannedRecord, style: Style): string {
  const { mark, answer, remark } = verdict(record, style)
  const time = record.elapsedMs === undefined ? '-' : renderMs(record.elapsedMs)
  const target = record.target === undefined ? '' : `${record.target}: `
  const name = record.name === undefined ? '' : style.dim(` (${record.name})`)
  return `${target}${line([mark, record.layer, answer, time, record.protocol])}${name}${remark}`
}

/** Columns of fixed width: a scan takes its time, and its lines are not kept until it ends. */
function line([mark = '', layer = '', answer = '', time = '', protocol = '']: string[]): string {
  return [mark || ' ', layer.padEnd(8), answer.padEnd(8), time.padStart(11), protocol].join('  ')
}

function verdict(record: ScannedRecord, style: Style): { mark: string; answer: string; remark: string } {
  const { layer, accepted, answered, claimed, early, reason, elapsedMs } = record
  if (accepted) {
    const unclaimed = layer === 'protocol' && !claimed
    const remark = unclaimed
      ? style.warn('  accepted, though not claimed')
      : early
        ? style.dim('  muxer agreed on within the security handshake')
        : ''
    return { mark: unclaimed ? style.warn('!') : style.good('✓'), answer: 'accepted', remark }
  }
  if (answered) {
    const remark = claimed ? style.bad('  claimed, but refused') : ''
    return { mark: claimed ? style.bad('✗') : style.dim('–'), answer: 'refused', remark }
  }
  const remark = `  ${claimed ? 'claimed: ' : ''}${reason ?? ''}`
  return { mark: style.warn('?'), answer: elapsedMs === undefined ? 'untried' : 'none', remark }
}

function renderAccepted(protocols: string[] | undefined): string {
  return protocols === undefined ? 'not all tried' : protocols.join(', ') || 'none'
}

function renderSummary(record: ScanSummaryRecord, shown: number, style: Style): string {
  const { accepted, refused, unanswered, untried, claimed, confirmed, falseClaims, unclaimed } = record
  const unsure = claimed - confirmed - falseClaims
  const claims =
    record.identified || record.listed ? `${claimed}: ${confirmed} true, ${falseClaims} false` : 'not known'
  const hidden = refused - shown
  // the well-known ones are always asked for
  const asked = accepted + refused + unanswered + untried > 0
  const counts = `${accepted} accepted, ${refused} refused, ${unanswered} without an answer, ${untried} not tried`
  const rest = `${unsure > 0 ? `, ${unsure} not settled` : ''}; ${unclaimed} more accepted without a claim`
  const rows = renderRows(
    [
      ['address', record.address],
      ['security', renderAccepted(record.security)],
      ['muxers', renderAccepted(record.muxers)],
      ['protocols', asked ? counts : 'none tried'],
      ['claims', asked ? claims + rest : undefined],
      ['not shown', hidden > 0 ? `${hidden} well-known protocols that are refused and not claimed` : undefined],
      ['problems', record.problems.map((problem) => style.bad(problem))],
    ],
    style,
  )
  return [style.bold(`--- ${record.target ?? record.peer} ---`), rows].join('\n')
}
