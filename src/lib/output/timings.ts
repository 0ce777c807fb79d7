import type { DialedRecord } from '../records/connection.ts'
import { renderMs } from './rows.ts'

type Timings = DialedRecord['timings']

/** The steps in their order, by the words that people read. */
const steps: Array<[name: string, key: Exclude<keyof Timings, 'totalMs'>]> = [
  ['resolve', 'resolveMs'],
  ['loading', 'loadMs'],
  ['transport', 'transportMs'],
  ['nonces', 'protectMs'],
  ['security', 'securityMs'],
  ['handshake', 'handshakeMs'],
  ['muxer', 'muxerMs'],
]
/** A bar of the whole time: a line with name, time and bar fits into 80 columns. */
const barWidth = 32

/**
 * Renders where the time of a dial went, a step a line, with a bar in proportion to the whole.
 *
 * @param timings - of one connection
 * @returns aligned lines; a step that did not take place has none
 */
export function renderTimings(timings: Timings): string[] {
  const taken = steps.flatMap(([name, key]) => {
    const ms = timings[key]
    return ms === undefined ? [] : [{ name, ms, text: renderMs(ms) }]
  })
  const nameWidth = Math.max(...taken.map(({ name }) => name.length))
  const timeWidth = Math.max(...taken.map(({ text }) => text.length))
  return taken.map(({ name, ms, text }) =>
    `${name.padEnd(nameWidth)}  ${text.padStart(timeWidth)}  ${bar(ms, timings.totalMs)}`.trimEnd(),
  )
}

function bar(ms: number, totalMs: number): string {
  return totalMs === 0 ? '' : '█'.repeat(Math.min(barWidth, Math.round((barWidth * ms) / totalMs)))
}
