import { hiddenLayers } from './layers.js'
import { byId, element, inMs, visible } from './text.js'
import { eventsOf, layerOf, trace } from './trace.js'
import { showPhases } from './zoom.js'

/** @import {TraceRowRecord} from '../../src/lib/records/trace.ts' */

/** The peer ID at the end of an address: it would push the rest of it out of the label. */
const lastPeerId = /\/p2p\/[^/]+$/

const list = byId('rows')
/** The row of each element; none for the events of no row. @type {Map<HTMLElement, TraceRowRecord | undefined>} */
const rowOf = new Map()

/**
 * Draws the rows, and lets one be chosen with the mouse or the keyboard.
 *
 * @param {(row: TraceRowRecord | undefined) => void} onChoose
 */
export function drawRows(onChoose) {
  if (eventsOf(undefined).length > 0) add(undefined, 'row', 'This node')
  for (const row of trace.rows) {
    const track = add(row, `row ${row.stream === undefined ? 'connection' : 'stream'} ${row.outcome}`, row.label)
    track.append(...row.phases.map((phase) => bar(row, phase)), ...endOf(row))
  }
  const first = list.firstElementChild
  if (first instanceof HTMLElement) first.tabIndex = 0
  list.addEventListener('click', ({ target }) => {
    const clicked = rowAt(target)
    if (clicked !== undefined) choose(clicked, onChoose)
  })
  list.addEventListener('dblclick', ({ target }) => {
    const clicked = rowAt(target)
    if (clicked !== undefined) showPhases(phasesOf(clicked))
  })
  list.addEventListener('keydown', (event) => {
    const next = neighbour(event)
    if (next === undefined) return
    event.preventDefault()
    choose(next, onChoose)
    if (event.key === 'Enter') showPhases(phasesOf(next))
  })
}

/** @param {HTMLElement} drawn */
function phasesOf(drawn) {
  return rowOf.get(drawn)?.phases ?? []
}

/** @param {EventTarget | null} target */
function rowAt(target) {
  const row = target instanceof Element ? target.closest('.row') : null
  return row instanceof HTMLElement ? row : undefined
}

/** Leaves out the bars of layers that are filtered out, and the rows of which nothing is left. */
export function filterRows() {
  for (const [drawn, row] of rowOf) {
    let left = eventsOf(row).some(({ layer }) => !hiddenLayers.has(layer))
    for (const [index, bar] of drawn.querySelectorAll('.bar').entries()) {
      const phase = row?.phases[index]
      const shown = row !== undefined && phase !== undefined && !hiddenLayers.has(layerOf(row, phase))
      bar.toggleAttribute('hidden', !shown)
      left ||= shown
    }
    drawn.hidden = !left
  }
}

/**
 * @param {TraceRowRecord | undefined} row
 * @param {string} className
 * @param {string} label
 */
function add(row, className, label) {
  const drawn = element('div', undefined, className)
  drawn.role = 'option'
  drawn.tabIndex = -1
  drawn.ariaSelected = 'false'
  const name = element('span', label.replace(lastPeerId, ''), 'name')
  name.title = visible(label)
  const track = element('span', undefined, 'track')
  drawn.append(name, track)
  drawn.ariaLabel = [name.textContent, row?.outcome, ...(row?.phases ?? []).map(describe)].join(', ')
  list.append(drawn)
  rowOf.set(drawn, row)
  return track
}

/** @param {TraceRowRecord['phases'][number]} phase */
function describe({ name, startMs, endMs }) {
  return `${trace.phases[name].title} ${inMs(endMs - startMs)}`
}

/**
 * @param {TraceRowRecord} row
 * @param {TraceRowRecord['phases'][number]} phase
 */
function bar(row, phase) {
  const drawn = element('span', undefined, `bar ${phase.name}`)
  drawn.style.setProperty('--start', `${phase.startMs}`)
  drawn.style.setProperty('--end', `${phase.endMs}`)
  drawn.title = `${layerOf(row, phase)}: ${describe(phase)}`
  return drawn
}

/** @param {TraceRowRecord} row */
function endOf({ outcome, phases }) {
  const last = phases.at(-1)
  if (last === undefined || (outcome !== 'failed' && outcome !== 'reset')) return []
  const mark = element('span', '✗', 'end')
  mark.style.setProperty('--start', `${last.endMs}`)
  mark.title = outcome
  return [mark]
}

/**
 * @param {HTMLElement} chosen
 * @param {(row: TraceRowRecord | undefined) => void} onChoose
 */
function choose(chosen, onChoose) {
  for (const other of list.querySelectorAll('[aria-selected=true]')) other.ariaSelected = 'false'
  for (const other of list.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1')
  chosen.ariaSelected = 'true'
  chosen.tabIndex = 0
  chosen.focus()
  onChoose(rowOf.get(chosen))
}

/**
 * The row that a key goes to, from the one that has the focus.
 *
 * @param {KeyboardEvent} event
 */
function neighbour({ key, target }) {
  const shown = [...rowOf.keys()].filter(({ hidden }) => !hidden)
  const at = target instanceof HTMLElement ? shown.indexOf(target) : -1
  switch (key) {
    case 'ArrowUp':
      return shown[Math.max(0, at - 1)]
    case 'ArrowDown':
      return shown[Math.min(shown.length - 1, at + 1)]
    case 'Home':
      return shown[0]
    case 'End':
      return shown.at(-1)
    case 'Enter':
    case ' ':
      return shown[at]
    default:
      return undefined
  }
}
