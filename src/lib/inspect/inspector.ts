import type { InspectionEvent, Json, Observed, Place } from './event.ts'
import type { Layer } from './layer.ts'
import type { Direction } from './negotiation.ts'

/** Reads the messages of a protocol out of the bytes of one stream. */
export interface MessageDecoder {
  /** where its messages are shown; `protocol` when absent */
  layer?: 'pubsub'
  /** @returns the messages that are complete with these bytes, as JSON */
  read(direction: Direction, bytes: Uint8Array): Json[]
}

/** The peer IDs of the two ends of a stream. */
export interface PeersOfStream {
  local: string
  remote: string
}

/** Puts the time on what the taps of a node see, and passes on what was asked for. */
export class Inspector {
  readonly #layers: ReadonlySet<Layer>
  readonly #onEvent: (event: InspectionEvent) => void
  readonly #startedAt = performance.now()
  #connections = 0

  /**
   * @param layers - those that somebody asked for
   * @param onEvent - receives each event, in order, and cannot slow it down
   */
  constructor(layers: ReadonlySet<Layer>, onEvent: (event: InspectionEvent) => void) {
    this.#layers = layers
    this.#onEvent = onEvent
  }

  /** Tells an event, unless nobody asked for its layer. */
  observe(observed: Observed, place: Place = {}): void {
    if (!this.wants(observed.layer)) return
    this.#onEvent({ ...observed, ...place, atMs: performance.now() - this.#startedAt })
  }

  /** Whether somebody asked for a layer. */
  wants(layer: Layer): boolean {
    return this.#layers.has(layer)
  }

  /** The name of the next raw connection: `c1`, `c2`, … */
  nextConnection(): string {
    this.#connections++
    return `c${this.#connections}`
  }
}
