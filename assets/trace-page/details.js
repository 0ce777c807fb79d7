import { hiddenLayers } from './layers.js'
import { byId, element, inMs, prettyJson } from './text.js'
import { eventsOf, trace } from './trace.js'
import { markTime } from './zoom.js'

/** @import {TraceEvent} from '../../src/lib/inspect/trace-event.ts' */
/** @import {TraceRowRecord} from '../../src/lib/records/trace.ts' */

/** How many events are listed at once. */
const page = 500

/** What an event says in short, where it says something in words, is cut behind this. */
const longestGist = 80

const panel = byId('details')

/**
 * Lists the events of a row, those of the layers that are shown.
 *
 * @param {TraceRowRecord | undefined} row - without one, the events of no row
 */
export function showDetails(row) {
  const events = eventsOf(row).filter(({ layer }) => !hiddenLayers.has(layer))
  const list = element('div')
  panel.replaceChildren(element('h2', row === undefined ? 'This node' : row.label), facts(row), list)
  panel.scrollTop = 0
  if (events.length === 0) list.append(element('p', 'No events of the layers that are shown.'))
  append(list, events, 0)
}

/** Says what the panel is for, before a row is chosen. */
export function showHint() {
  panel.replaceChildren(element('p', 'Choose a row to see its events.', 'time'))
}

/** @param {TraceRowRecord | undefined} row */
function facts(row) {
  const list = element('dl')
  /** @type {Array<[string, string | undefined]>} */
  const pairs =
    row === undefined
      ? []
      : [
          ['outcome', row.by === undefined ? row.outcome : `${row.outcome} by the ${row.by} side`],
          ['layer', row.layer],
          ['reason', row.reason],
          ['peer', row.peer],
          ...row.phases.map(
            ({ name, startMs, endMs }) =>
              /** @type {[string, string]} */ ([
                trace.phases[name].title,
                `${inMs(endMs - startMs)}, from ${inMs(startMs)}`,
              ]),
          ),
        ]
  for (const [name, value] of pairs) if (value !== undefined) list.append(element('dt', name), element('dd', value))
  return list
}

/**
 * @param {HTMLElement} list
 * @param {TraceEvent[]} events
 * @param {number} from
 */
function append(list, events, from) {
  list.append(...events.slice(from, from + page).map(eventItem))
  const left = events.length - from - page
  if (left <= 0) return
  const more = element('button', `Show ${Math.min(left, page)} more of ${left}`)
  more.type = 'button'
  more.addEventListener('click', () => {
    more.remove()
    append(list, events, from + page)
  })
  list.append(more)
}

/** @param {TraceEvent} event */
function eventItem(event) {
  const item = element('details')
  const summary = element('summary')
  const failure = event.type === 'failed' || event.type === 'reset' ? 'failure' : undefined
  summary.append(element('span', inMs(event.atMs), 'time'), ` ${event.layer} `, element('strong', event.type, failure))
  const gist = Object.values(event.detail).find((value) => typeof value === 'string')
  if (gist !== undefined) summary.append(' ', element('span', shorten(gist), 'gist'))
  item.append(summary)
  item.addEventListener('toggle', () => {
    if (!item.open) return
    markTime(event.atMs)
    if (item.querySelector('pre') !== null) return
    const json = element('pre')
    json.textContent = prettyJson(event)
    item.append(json)
  })
  return item
}

/** @param {string} text */
function shorten(text) {
  return text.length <= longestGist ? text : `${text.slice(0, longestGist - 1)}…`
}
