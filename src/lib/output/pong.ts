import type { LostRecord, PingSummaryRecord, PongRecord } from '../records/ping.ts'
import type { Style } from './style.ts'

/**
 * Makes the renderer of `ping`.
 *
 * @param timestamps - begin each line with the time of the ping, in seconds, as ping(8) does
 * @returns the renderer
 */
export function pingRenderer(timestamps: boolean) {
  return (record: PongRecord | LostRecord | PingSummaryRecord, style: Style): string => {
    if (record.type === 'summary') return renderSummary(record, style)
    const stamp = timestamps ? `[${(Date.parse(record.at) / 1000).toFixed(3)}] ` : ''
    const who = record.target ?? record.peer
    if (record.type === 'lost') return `${stamp}${style.bad('lost')} ${who}: seq=${record.seq} ${record.reason}`
    return `${stamp}pong from ${who}: seq=${record.seq} time=${record.rttMs.toFixed(3)} ms ${style.dim(record.path)}`
  }
}

function renderSummary(record: PingSummaryRecord, style: Style): string {
  const { transmitted, received, lossPercent, minMs, avgMs, maxMs, mdevMs } = record
  const lines = [
    style.bold(`--- ${record.target ?? record.peer} ping statistics ---`),
    `${transmitted} transmitted, ${received} received, ${Number(lossPercent.toFixed(2))}% loss`,
  ]
  if (minMs !== undefined && avgMs !== undefined && maxMs !== undefined && mdevMs !== undefined) {
    lines.push(`rtt min/avg/max/mdev = ${[minMs, avgMs, maxMs, mdevMs].map((ms) => ms.toFixed(3)).join('/')} ms`)
  }
  return lines.join('\n')
}
