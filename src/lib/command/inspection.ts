import type { ToolkitError } from '../errors/toolkit-error.ts'
import type { InspectionEvent } from '../inspect/event.ts'
import { Inspector } from '../inspect/inspector.ts'
import { type Layer, layers } from '../inspect/layer.ts'
import type { Sink } from '../output/sink.ts'
import { TraceFile } from './trace-file.ts'

/** What a user asked to see. */
export interface InspectionFlags {
  inspect?: Array<Layer | 'all'>
  'inspect-file'?: string
}

/** How events are printed; loaded only when somebody looks. */
type Printing = typeof import('../output/inspection.ts')

/** Takes what the taps see to stderr and into a file. */
export class Inspection {
  /** receives what the taps of the command's nodes see */
  readonly inspector: Inspector
  readonly #sink: Sink
  readonly #shown: boolean
  readonly #file: TraceFile | undefined
  readonly #print: Printing

  private constructor(flags: InspectionFlags, sink: Sink, print: Printing) {
    const { inspect, 'inspect-file': file } = flags
    this.#sink = sink
    this.#print = print
    this.#shown = inspect !== undefined
    this.#file = file === undefined ? undefined : new TraceFile(file)
    const asked = inspect === undefined ? layers : inspect.flatMap((name) => (name === 'all' ? layers : name))
    this.inspector = new Inspector(new Set(asked), (event) => this.#take(event))
  }

  /**
   * Begins to look, if somebody asked.
   *
   * @param flags - which layers, and where to
   * @param sink - prints events on stderr
   * @returns the inspection, or undefined where nobody asked: no tap is attached then
   * @throws ToolkitError `local` when the file cannot be written
   */
  static async of(flags: InspectionFlags, sink: Sink): Promise<Inspection | undefined> {
    if (flags.inspect === undefined && flags['inspect-file'] === undefined) return undefined
    return new Inspection(flags, sink, await import('../output/inspection.ts'))
  }

  /** Tells the failure that the command ends with, as the last event of its layer. */
  gaveUp({ layer, code, message, peer }: ToolkitError): void {
    if (layer === undefined) return
    const place = peer === undefined ? {} : { peer }
    this.inspector.observe({ layer, type: 'gave-up', detail: { code, message } }, place)
  }

  /**
   * Ends the looking.
   *
   * @returns what kept the trace from being written, if anything did
   */
  close(): ToolkitError | undefined {
    return this.#file?.close()
  }

  #take(event: InspectionEvent): void {
    const { inspectionRecord, inspectionLine, renderInspection } = this.#print
    if (this.#shown) this.#sink.trace(inspectionRecord(event), renderInspection)
    this.#file?.add(inspectionLine(event))
  }
}
