import type { Failure } from './event.ts'
import type { Layer } from './layer.ts'

/** What the layers of a connection agreed on. */
export interface NegotiatedLayers {
  security: string
  muxer: string
  earlyMuxer: boolean
}

/** Why a connection did not come about: a classified error. */
export interface FailedConnection extends Failure {
  layer: Layer | undefined
}
