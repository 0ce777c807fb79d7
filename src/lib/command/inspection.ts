import { closeSync, openSync, writeSync } from 'node:fs'
import { ToolkitError } from '../errors/toolkit-error.ts'
import type { InspectionEvent } from '../inspect/event.ts'
import { Inspector } from '../inspect/inspector.ts'
import { type Layer, layers } from '../inspect/layer.ts'
import { inspectionRecord, renderInspection } from '../output/inspection.ts'
import { toJsonLine } from '../output/sanitise.ts'
import type { Sink } from '../output/sink.ts'

/** Bytes of a trace that are collected before they are written. */
const batchBytes = 64 * 1024

/** What a user asked to see. */
export interface InspectionFlags {
  inspect?: Array<Layer | 'all'>
  'inspect-file'?: string
}

/** Takes what the taps see to stderr and into a file. Dispose it when nothing more can come. */
export class Inspection implements Disposable {
  readonly #sink: Sink
  readonly #shown: boolean
  readonly #layers: ReadonlySet<Layer>
  readonly #file: number | undefined
  #batch = ''
  #inspector: Inspector | undefined

  /**
   * @param flags - which layers, and where to
   * @param sink - prints events on stderr
   * @throws ToolkitError `local` when the file cannot be written
   */
  constructor(flags: InspectionFlags, sink: Sink) {
    const { inspect, 'inspect-file': file } = flags
    this.#sink = sink
    this.#shown = inspect !== undefined
    this.#layers = new Set(inspect === undefined ? layers : inspect.flatMap((name) => (name === 'all' ? layers : name)))
    this.#file = file === undefined ? undefined : openForWriting(file)
  }

  /** The inspector of the command's nodes; undefined when nobody asked, so that no tap is attached. */
  get inspector(): Inspector | undefined {
    if (!this.#shown && this.#file === undefined) return undefined
    this.#inspector ??= new Inspector(this.#layers, (event) => this.#take(event))
    return this.#inspector
  }

  /** Tells the failure that the command ends with, as the last event of its layer. */
  failed({ layer, code, message, peer }: ToolkitError): void {
    if (layer === undefined) return
    const place = peer === undefined ? {} : { peer }
    this.#inspector?.observe({ layer, type: 'failed', detail: { code, message } }, place)
  }

  [Symbol.dispose](): void {
    if (this.#file === undefined) return
    this.#flush(this.#file)
    closeSync(this.#file)
  }

  #take(event: InspectionEvent): void {
    if (this.#shown) this.#sink.trace(inspectionRecord(event), renderInspection)
    if (this.#file === undefined) return
    this.#batch += `${toJsonLine(inspectionRecord(event))}\n`
    if (this.#batch.length >= batchBytes) this.#flush(this.#file)
  }

  #flush(file: number): void {
    writeSync(file, this.#batch)
    this.#batch = ''
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w', 0o600)
  } catch (error) {
    throw new ToolkitError('local', `cannot write the trace to ${path}`, { cause: error })
  }
}
