import type { Connection } from '@libp2p/interface'
import { deadlineOf } from '../errors/deadline.ts'
import { isAcknowledging } from '../node/upgrade/raw-connection.ts'
import { finishedUpgrade } from '../node/upgrade/upgrade.ts'
import { PingStream, pingProtocol } from '../protocols/ping.ts'
import { openStream } from './open-stream.ts'

/** How long the other side may take to show that it has everything, in milliseconds. */
const withinMs = 10_000

/**
 * Waits until the other side has received what was sent on a connection, so that closing it takes
 * nothing away: until it closes the connection itself, or answers a ping that was sent behind the
 * data. What it does with the data is its own affair.
 *
 * @param connection - a connection whose streams have ended
 * @param acknowledged - the other side ended the stream after this one, which says enough over TCP
 * @param signal - ends the wait
 */
export async function awaitDelivery(connection: Connection, acknowledged: boolean, signal: AbortSignal): Promise<void> {
  if (connection.status !== 'open') return
  const raw = finishedUpgrade(connection)?.raw
  // no deadline of its own: a slow reader is the other side of the user's own transfer
  if (isAcknowledging(raw)) return await raw.acknowledged(signal)
  if (acknowledged) return
  using deadline = deadlineOf(signal, withinMs, 'the other side does not answer')
  const closed = new Promise<void>((resolve) => {
    connection.addEventListener('close', () => resolve(), { once: true })
  })
  const answered = async () => {
    const stream = await openStream(connection, [pingProtocol], { signal: deadline.signal, timeoutMs: 0 })
    const ping = new PingStream(stream)
    await ping.ping(deadline.signal)
    await ping.close(deadline.signal)
  }
  // a peer that does not answer pings has had its time
  await Promise.race([closed, answered().catch(() => {})])
}
