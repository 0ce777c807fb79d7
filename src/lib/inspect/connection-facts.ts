import type { Layer } from './layer.ts'

/** What the layers of a connection agreed on. */
export interface NegotiatedLayers {
  security: string
  muxer: string
  earlyMuxer: boolean
}

/** Why a connection did not come about: a classified error. */
export interface FailedConnection {
  layer: Layer | undefined
  code: string
  message: string
}
