import { multiaddrConnectionPair } from '@libp2p/utils'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countBytes } from '../../src/lib/inspect/byte-counter.ts'
import { keepFirstBytes } from '../../src/lib/inspect/first-bytes.ts'

type Connection = ReturnType<typeof multiaddrConnectionPair>[0]

/** Reads until that many bytes have come. */
async function receive(connection: Connection, bytes: number): Promise<void> {
  let received = 0
  await new Promise<void>((resolve) => {
    connection.addEventListener('message', ({ data }) => {
      received += data.byteLength
      if (received >= bytes) resolve()
    })
  })
}

describe('countBytes', () => {
  it('counts what is sent and received, beside others that wrap the same methods', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 2000 }), { minLength: 1 }), async (chunks) => {
        const [local, remote] = multiaddrConnectionPair()
        const counter = countBytes(local)
        // lets go of `dispatchEvent` after 1 KiB, below which the counter has to stay
        keepFirstBytes(local, () => {})
        const total = chunks.reduce((sum, { length }) => sum + length, 0)
        const [here, there] = [receive(local, total), receive(remote, total)]
        for (const chunk of chunks) {
          local.send(chunk)
          remote.send(chunk)
        }
        await Promise.all([here, there])
        expect(counter.count).toEqual({ sent: total, received: total })
      }),
      { numRuns: 30 },
    )
  })

  it('counts once what a reader has given back', async () => {
    const [local, remote] = multiaddrConnectionPair()
    const counter = countBytes(local)
    const first = receive(local, 4)
    remote.send(new Uint8Array(4))
    await first
    const again = receive(local, 3)
    local.unshift(new Uint8Array(3))
    await again
    expect(counter.count).toEqual({ sent: 0, received: 4 })
  })

  it('counts nothing more once it is stopped, and gives the methods back', async () => {
    const [local, remote] = multiaddrConnectionPair()
    const { send } = local
    const counter = countBytes(local)
    local.send(new Uint8Array(5))
    counter.stop()
    expect(local.send).toBe(send)
    const arrived = receive(remote, 12)
    local.send(new Uint8Array(7))
    await arrived
    expect(counter.count).toEqual({ sent: 5, received: 0 })
  })
})
