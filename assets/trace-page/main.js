import { showDetails, showHint } from './details.js'
import { offerLayers } from './layers.js'
import { drawRows, filterRows } from './rows.js'
import { byId, counted, element, visible } from './text.js'
import { trace } from './trace.js'

/** @import {TraceRowRecord} from '../../src/lib/records/trace.ts' */

/** What is shown again when the layers change: the hint, or a row. @type {() => void} */
let shown = showHint

/** @param {TraceRowRecord | undefined} row */
function onChoose(row) {
  shown = () => showDetails(row)
  shown()
}

const connections = trace.rows.filter(({ connection, stream }) => connection !== undefined && stream === undefined)
const streams = trace.rows.filter(({ stream }) => stream !== undefined)
byId('name').textContent = visible(trace.name)
byId('counts').textContent = [
  counted(connections.length, 'connection'),
  counted(streams.length, 'stream'),
  counted(trace.count, 'event'),
].join(', ')
byId('notes').append(...trace.notes.map((note) => element('li', note)))
const drawnPhases = new Set(trace.rows.flatMap(({ phases }) => phases.map(({ name }) => name)))
for (const name of drawnPhases) {
  const item = element('li', undefined, name)
  item.append(element('span', undefined, 'swatch'), trace.phases[name].title)
  byId('legend').append(item)
}
drawRows(onChoose)
offerLayers(() => {
  filterRows()
  shown()
})
showHint()
