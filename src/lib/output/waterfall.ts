import type { TraceRowRecord } from '../records/trace.ts'
import { cutMiddle, padToWidth, widthOf, wrapText, wrapWords } from './cells.ts'
import { type Phase, phaseLooks } from './phases.ts'
import { renderMs } from './rows.ts'
import { sanitise } from './sanitise.ts'
import type { Style } from './style.ts'

/** Below this nothing can be aligned, and lines wrap. */
const narrowest = 32
/** The labels' part of a line, at most. */
const labelShare = 0.4
/** Longer labels are cut whatever the width is, so that one is not measured to its end. */
const longestLabel = 256
/** The lines that say why a row ended, at most; `--json` and the page have it whole. */
const mostReasonLines = 3
/** The peer ID at the end of an address: it would push the rest of it out of the label. */
const lastPeerId = /\/p2p\/[^/]+$/

/** How a waterfall fits its width and its time. */
interface Layout {
  columns: number
  labelWidth: number
  barWidth: number
  startMs: number
  endMs: number
}

/**
 * Makes the renderer of a waterfall: a line of bars for each row, and below it how it ended and how
 * long each phase took. The first row brings the time axis with it.
 *
 * @param rows - all rows, not sanitised
 * @returns the renderer, for the rows in their order
 */
export function waterfallRenderer(rows: TraceRowRecord[]) {
  let layout: Layout | undefined
  return (record: TraceRowRecord, style: Style): string => {
    const head = layout === undefined
    layout ??= layoutOf(rows, style.columns)
    const lines = [renderBar(record, layout, style), ...renderEnd(record, layout, style)]
    return (head ? [style.dim(renderAxis(layout)), ...lines] : lines).join('\n')
  }
}

function layoutOf(rows: TraceRowRecord[], given: number): Layout {
  const columns = Math.max(narrowest, given)
  const most = Math.floor(columns * labelShare)
  let labelWidth = 0
  let startMs = Number.POSITIVE_INFINITY
  let endMs = 0
  for (const row of rows) {
    labelWidth = Math.max(labelWidth, Math.min(most, widthOf(sanitise(labelOf(row)))))
    startMs = Math.min(startMs, row.phases[0]?.startMs ?? startMs)
    endMs = Math.max(endMs, row.phases.at(-1)?.endMs ?? 0)
  }
  return { columns, labelWidth, barWidth: columns - labelWidth - 1, startMs: Math.min(startMs, endMs), endMs }
}

function labelOf({ stream, label }: TraceRowRecord): string {
  const shown = label.replace(lastPeerId, '').slice(0, longestLabel)
  return stream === undefined ? shown : `  ${shown}`
}

function renderAxis({ labelWidth, barWidth, startMs, endMs }: Layout): string {
  const marks = [startMs, (startMs + endMs) / 2, endMs].map(renderMs)
  const [first = '', middle = '', last = ''] = marks
  const between = barWidth - first.length - last.length
  const axis =
    between >= middle.length + 4
      ? first + middle.padStart(Math.ceil((between + middle.length) / 2)).padEnd(between) + last
      : first + last.padStart(Math.max(barWidth - first.length, last.length + 1))
  return `${' '.repeat(labelWidth + 1)}${axis}`
}

function renderBar(record: TraceRowRecord, layout: Layout, style: Style): string {
  const label = padToWidth(cutMiddle(labelOf(record), layout.labelWidth), layout.labelWidth)
  const cells = barOf(record, layout)
  const bar = cells.map((cell) => (cell === failureMark ? style.bad(cell) : cell)).join('')
  const shown = record.stream === undefined ? style.bold(label) : label
  return `${shown} ${bar}`.trimEnd()
}

const failureMark = '✗'

/** In each cell the phase that fills most of it; a row has at least one. */
function barOf({ phases, outcome }: TraceRowRecord, { barWidth, startMs, endMs }: Layout): string[] {
  const cellMs = (endMs - startMs) / barWidth || 1
  const cells: string[] = []
  for (let cell = 0; cell < barWidth; cell++) {
    const from = startMs + cell * cellMs
    const [best] = phases
      .map((phase) => ({ phase, ms: overlap(phase, from, from + cellMs) }))
      .filter(({ ms }) => ms > 0)
      .toSorted((a, b) => b.ms - a.ms)
    cells.push(best === undefined ? ' ' : phaseLooks[best.phase.name].cell)
  }
  const last = phases.at(-1)
  if (last !== undefined && (outcome === 'failed' || outcome === 'reset')) {
    cells[Math.min(barWidth - 1, Math.floor((last.endMs - startMs) / cellMs))] = failureMark
  }
  return cells
}

function overlap({ startMs, endMs }: Phase, from: number, to: number): number {
  return Math.min(endMs, to) - Math.max(startMs, from)
}

function renderEnd(
  { phases, outcome, by, layer, reason }: TraceRowRecord,
  { columns }: Layout,
  style: Style,
): string[] {
  const paint = outcome === 'failed' ? style.bad : outcome === 'reset' || outcome === 'dropped' ? style.warn : style.dim
  const ended = by === undefined ? outcome : `${outcome} by the ${by} side`
  const why = [ended, layer, reason].filter((part) => part !== undefined).join(': ')
  const times = phases.map(({ name, startMs, endMs }) => {
    const { title, cell } = phaseLooks[name]
    return `${cell} ${title} ${renderMs(endMs - startMs)}`
  })
  const indent = '     '
  const width = columns - indent.length
  return [
    ...wrapWords(times, width, '  ').map((line) => indent + style.dim(line)),
    ...wrapText(why, width, mostReasonLines).map((line) => indent + paint(line)),
  ]
}
