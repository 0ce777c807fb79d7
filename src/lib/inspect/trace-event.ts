import type { Json, Place } from './event.ts'
import type { Layer } from './layer.ts'

/**
 * An event as a trace file holds it: an InspectionEvent of this version or of another, so that its
 * type may be one that is not known here, and nothing is known of its detail.
 */
export interface TraceEvent extends Place {
  type: string
  layer: Layer
  atMs: number
  detail: { [key: string]: Json }
}
