import { layersOf } from '../node/connection-layers.ts'
import type { Dialed } from '../node/dial.ts'
import type { RunningNode } from '../node/running-node.ts'
import { finishedUpgrade } from '../node/upgrade/upgrade.ts'
import type { DialedRecord } from '../records/connection.ts'
import { roundTripsOf } from './round-trips.ts'

/** What each layer of a connection agreed on, and what it cost until it was open. */
export type DialReport = Pick<
  DialedRecord,
  'transport' | 'security' | 'muxer' | 'earlyMuxer' | 'totalMs' | 'timings' | 'bytes' | 'roundTrips'
>

/**
 * Reports on a connection that was dialled.
 *
 * @param node - the node that dialled
 * @param dialed - the connection, with what the look-up and all of it took
 * @returns layers, times, bytes and round trips; a figure that is not known is absent
 */
export function reportOf(node: RunningNode, dialed: Pick<Dialed, 'connection' | 'resolveMs' | 'totalMs'>): DialReport {
  const { connection, resolveMs, totalMs } = dialed
  const layers = layersOf(connection)
  const measured = finishedUpgrade(connection)?.measured
  const { wire, secured } = measured?.bytes ?? {}
  const components = connection.remoteAddr.getComponents()
  const roundTrips = roundTripsOf({
    transport: layers.transport,
    secureWebSocket: components.some(({ name }) => name === 'tls' || name === 'wss'),
    privateNetwork: node.spec.preSharedKey !== undefined,
    security: { agreed: layers.security, offered: node.spec.security },
    muxer: { agreed: layers.muxer, offered: node.spec.muxers, early: layers.earlyMuxer },
  })
  return {
    ...layers,
    totalMs,
    timings: { ...(resolveMs !== undefined && { resolveMs }), ...measured?.timings, totalMs },
    ...((wire ?? secured) && {
      bytes: {
        ...(wire && { wireSent: wire.sent, wireReceived: wire.received }),
        ...(secured && { sent: secured.sent, received: secured.received }),
      },
    }),
    ...(roundTrips !== undefined && { roundTrips }),
  }
}
