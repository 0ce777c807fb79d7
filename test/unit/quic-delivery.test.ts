import { describe, expect, it } from 'vitest'
import { Delivery } from '../../src/lib/node/quic/acknowledgement.ts'
import type { NativeConnection, NativeStats } from '../../src/lib/node/quic/native.ts'

/** What a connection counted that had carried 10 MiB each way, and had lost a third of its packets on the way. */
const afterLoss = {
  udpTxBytes: 16_601_497,
  udpRxBytes: 10_787_475,
  frameTxStream: 13_845,
  frameTxPing: 0,
  frameRxAcks: 208,
  frameRxMaxData: 4,
  frameRxMaxStreamData: 6,
  pathSentPackets: 13_874,
  pathLostPackets: 4850,
  pathLostBytes: 5_820_000,
}
const written = 10_485_793

/** A connection with these counters, on which 10 MiB were written to a stream that both sides have ended. */
function endedStream(stats: NativeStats): Delivery {
  const delivery = new Delivery({ stats: () => stats, rtt: () => 1 } as NativeConnection)
  const stream = {}
  delivery.wrote(stream, written)
  delivery.ended(stream)
  return delivery
}

async function isComplete(delivery: Delivery): Promise<boolean> {
  const signal = AbortSignal.timeout(2000)
  await delivery.complete(new Promise(() => {}), signal, 'delivering')
  return !signal.aborted
}

describe('Delivery', () => {
  it('is complete when everything was sent, however much of it was lost and sent again', async () => {
    expect(await isComplete(endedStream(afterLoss))).toBe(true)
  })

  it('is not complete while some of it has not left', async () => {
    const heldBack = { ...afterLoss, udpTxBytes: afterLoss.udpTxBytes - 256 * 1024 }
    expect(await isComplete(endedStream(heldBack))).toBe(false)
  })
})
