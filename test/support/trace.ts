import { eventTable } from '../../src/lib/inspect/event-table.ts'
import { type Layer, layers } from '../../src/lib/inspect/layer.ts'
import { layer } from '../../src/lib/records/failure.ts'
import { inspectionRecord } from '../../src/lib/records/inspection.ts'
import { checkedLine } from './records.ts'

/** src/lib/records imports nothing: that both lists of layers are the same is seen here. */
const sameLayers: readonly Layer[] = layer.options satisfies readonly Layer[]
if (sameLayers.join() !== layers.join()) throw new Error('records/failure.ts has other layers than inspect/layer.ts')

/** One event of a trace, as it was printed. */
export type TraceEvent = ReturnType<typeof inspectionRecord.parse>

/** The traces of a test, which says of each event what it is: `layer type`. */
export const nameOf = ({ layer, type }: TraceEvent): string => `${layer} ${type}`

/** Every event there is, as `layer type`. */
export const everyEvent: string[] = layers.flatMap((layer) =>
  Object.keys(eventTable[layer]).map((type) => `${layer} ${type}`),
)

/**
 * Reads a trace: JSON lines, each an event that is in the table, in the order of time.
 *
 * @param text - stderr of a command, or a trace file; lines that are no JSON are notes
 * @returns the events
 * @throws Error for a line that is no event
 */
export function readTrace(text: string): TraceEvent[] {
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => inspectionRecord.parse(checkedLine(line)))
  let last = 0
  for (const event of events) {
    if (!everyEvent.includes(nameOf(event))) throw new Error(`not in the table: ${nameOf(event)}`)
    if (event.atMs < last) throw new Error(`before the one that was printed before it: ${JSON.stringify(event)}`)
    last = event.atMs
  }
  return events
}

/** What these events say of one thing: the lines of a negotiation, the protocol of a handshake. */
export function details(events: TraceEvent[], name: string, key: string): unknown[] {
  return events.filter((event) => nameOf(event) === name).map((event) => event.detail[key])
}
