import type { Connection } from '@libp2p/interface'
import type { Failure, InspectionDetails } from './event.ts'
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

/**
 * Describes a libp2p connection that is open.
 *
 * @param connection - the connection
 * @param layers - what its layers agreed on; nothing else of it is taken
 * @returns the detail of the event
 */
export function openedDetail(
  { id, direction, remotePeer, remoteAddr, limits }: Connection,
  { security, muxer, earlyMuxer }: NegotiatedLayers,
): InspectionDetails['connection']['opened'] {
  return {
    id,
    direction,
    peer: remotePeer.toString(),
    address: remoteAddr.toString(),
    security,
    muxer,
    earlyMuxer,
    limited: limits !== undefined,
  }
}
