import type { Connection } from '@libp2p/interface'
import { type TransportName, transportOf } from '../addresses/transport-of.ts'
import { finishedUpgrade } from './upgrade/upgrade.ts'

/** What each layer of a connection agreed on, as records show it. */
export interface ConnectionLayers {
  transport?: TransportName
  security: string
  muxer: string
  earlyMuxer: boolean
}

/**
 * Says what each layer of a connection agreed on. QUIC brings its own security and muxer.
 *
 * @param connection - an open or closed connection
 * @returns transport word, security and muxer protocol IDs
 */
export function layersOf(connection: Connection): ConnectionLayers {
  const transport = transportOf(connection.remoteAddr)
  if (transport === 'quic') return { transport, security: 'quic-tls', muxer: 'quic', earlyMuxer: false }
  return {
    ...(transport && { transport }),
    security: connection.encryption ?? 'none',
    muxer: connection.multiplexer ?? 'none',
    earlyMuxer: finishedUpgrade(connection)?.earlyMuxer ?? false,
  }
}
