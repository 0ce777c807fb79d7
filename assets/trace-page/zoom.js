import { byId, element, inMs } from './text.js'
import { whole } from './trace.js'

/** @import {Phase} from '../../src/lib/output/phases.ts' */

/** The shortest time that can be zoomed into: events carry microseconds. */
const shortestMs = 0.01
/** What one step of the buttons, keys and wheel does. */
const step = 1.5
/** A shorter drag is a click. */
const dragPixels = 5

const margin = (whole.to - whole.from) * 0.02
// the mark of a failure stands behind the last bar
const widest = { from: whole.from - margin, to: whole.to + 2 * margin }
let view = widest

const chart = byId('chart')
const grid = byId('grid')
const ticks = byId('ticks')
const chosen = element('span', undefined, 'tick chosen')
chosen.hidden = true

/**
 * Shows a span of time, within what there is.
 *
 * @param {number} from
 * @param {number} to
 */
function show(from, to) {
  const length = Math.min(Math.max(to - from, shortestMs), widest.to - widest.from)
  const start = Math.min(Math.max(from, widest.from), widest.to - length)
  view = { from: start, to: start + length }
  chart.style.setProperty('--from', `${view.from}`)
  chart.style.setProperty('--span', `${length}`)
  drawTicks()
}

/**
 * Marks the time of an event.
 *
 * @param {number} atMs
 */
export function markTime(atMs) {
  chosen.hidden = false
  chosen.style.setProperty('--at', `${atMs}`)
}

/**
 * Shows the time of a row, with a little on both sides.
 *
 * @param {Phase[]} phases - of the row
 */
export function showPhases(phases) {
  const [first, last] = [phases[0], phases.at(-1)]
  if (first === undefined || last === undefined) return
  const around = (last.endMs - first.startMs) * 0.05
  show(first.startMs - around, last.endMs + around)
}

/** A tick about every 110 pixels, at 1, 2 or 5 times a power of ten. */
function drawTicks() {
  const wanted = ((view.to - view.from) * 110) / Math.max(ticks.clientWidth, 110)
  const power = 10 ** Math.floor(Math.log10(wanted))
  const every = power * ([1, 2, 5].find((times) => power * times >= wanted) ?? 10)
  const digits = Math.max(0, -Math.floor(Math.log10(every)))
  ticks.replaceChildren()
  grid.replaceChildren(chosen)
  for (let number = Math.max(0, Math.ceil(view.from / every)); number * every <= view.to; number++) {
    for (const [place, text] of /** @type {const} */ ([
      [ticks, inMs(number * every, digits)],
      [grid, ''],
    ])) {
      const tick = element('span', text, 'tick')
      tick.style.setProperty('--at', `${number * every}`)
      place.append(tick)
    }
  }
}

/**
 * @param {number} factor - above 1 zooms in
 * @param {number} [at] - what stays in its place, as a part of the view
 */
function zoom(factor, at = 0.5) {
  const length = view.to - view.from
  const from = view.from + length * at * (1 - 1 / factor)
  show(from, from + length / factor)
}

/** @param {number} part - of the view; below 0 to the left */
function pan(part) {
  const by = (view.to - view.from) * part
  show(view.from + by, view.to + by)
}

/** @param {MouseEvent} event */
function partAt({ clientX }) {
  const { left, width } = grid.getBoundingClientRect()
  return (clientX - left) / width
}

/** @type {Record<string, () => void>} */
const keys = {
  '+': () => zoom(step),
  '=': () => zoom(step),
  '-': () => zoom(1 / step),
  0: () => show(widest.from, widest.to),
  ArrowLeft: () => pan(-0.2),
  ArrowRight: () => pan(0.2),
}
const buttons = { in: keys['+'], out: keys['-'], fit: keys[0] }
for (const [name, act] of Object.entries(buttons)) {
  document.querySelector(`[data-zoom=${name}]`)?.addEventListener('click', () => act?.())
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return
  const act = keys[event.key]
  if (act === undefined) return
  event.preventDefault()
  act()
})
chart.addEventListener(
  'wheel',
  (event) => {
    const onAxis = event.target instanceof Node && byId('axis').contains(event.target)
    if (!onAxis && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    zoom(event.deltaY < 0 ? step : 1 / step, Math.min(1, Math.max(0, partAt(event))))
  },
  { passive: false },
)
chart.addEventListener('pointerdown', (down) => {
  const start = partAt(down)
  if (down.button !== 0 || start < 0) return
  const range = element('span', undefined, 'range')
  const ending = new AbortController()
  /** @param {PointerEvent} move */
  const onMove = (move) => {
    if (!range.isConnected && Math.abs(move.clientX - down.clientX) < dragPixels) return
    // with the pointer captured, the click at the end chooses no row
    chart.setPointerCapture(down.pointerId)
    const [left = 0, right = 0] = [start, partAt(move)].sort((a, b) => a - b)
    range.style.left = `${left * 100}%`
    range.style.width = `${(right - left) * 100}%`
    if (!range.isConnected) grid.append(range)
  }
  /** @param {PointerEvent} up */
  const onUp = (up) => {
    ending.abort()
    if (!range.isConnected) return
    range.remove()
    const [left = 0, right = 0] = [start, partAt(up)].sort((a, b) => a - b)
    const length = view.to - view.from
    if (up.type === 'pointerup') show(view.from + left * length, view.from + right * length)
  }
  const { signal } = ending
  chart.addEventListener('pointermove', onMove, { signal })
  for (const type of /** @type {const} */ (['pointerup', 'pointercancel'])) {
    chart.addEventListener(type, onUp, { signal })
  }
})
new ResizeObserver(drawTicks).observe(ticks)
show(widest.from, widest.to)
