import { byId } from './text.js'

/** @import {Layer} from '../../src/lib/inspect/layer.ts' */
/** @import {TraceEvent} from '../../src/lib/inspect/trace-event.ts' */
/** @import {TraceRowRecord} from '../../src/lib/records/trace.ts' */
/** @import {Phase} from '../../src/lib/output/phases.ts' */

/**
 * What the page is made of; src/lib/output/trace-page.ts writes it.
 *
 * @typedef {object} Trace
 * @property {string} name
 * @property {string[]} notes
 * @property {number} count
 * @property {Layer[]} layers
 * @property {Record<Phase['name'], { title: string, layer: Layer }>} phases
 * @property {TraceRowRecord[]} rows
 * @property {TraceEvent[]} events
 */

/** @type {Trace} */
export const trace = JSON.parse(byId('trace').textContent ?? '')

/** @param {{ connection?: string | undefined, stream?: string | undefined }} place */
const keyOf = ({ connection, stream }) => JSON.stringify([connection, stream])

/** @type {Map<string, TraceEvent[]>} */
const eventsByPlace = new Map()
for (const event of trace.events) {
  const list = eventsByPlace.get(keyOf(event))
  if (list === undefined) eventsByPlace.set(keyOf(event), [event])
  else list.push(event)
}

/**
 * The events of a row: its connection's or its stream's own; those of the address layer where no
 * connection came of an address.
 *
 * @param {TraceRowRecord | undefined} row - without one, the events of no row
 * @returns {TraceEvent[]}
 */
export function eventsOf(row) {
  const events = eventsByPlace.get(keyOf(row ?? {})) ?? []
  if (row === undefined || row.connection !== undefined || row.stream !== undefined) return events
  return events.filter(({ layer }) => layer === 'address')
}

/**
 * The layer that a phase belongs to.
 *
 * @param {TraceRowRecord} row
 * @param {Phase} phase
 * @returns {Layer}
 */
export function layerOf(row, phase) {
  return row.stream === undefined ? trace.phases[phase.name].layer : 'stream'
}

/** When the first phase begins and the last one ends. */
export const whole = spanOf(trace.rows.flatMap(({ phases }) => phases))

/** @param {Phase[]} phases */
function spanOf(phases) {
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const { startMs, endMs } of phases) {
    from = Math.min(from, startMs)
    to = Math.max(to, endMs)
  }
  return to > from ? { from, to } : { from: 0, to: 1 }
}
