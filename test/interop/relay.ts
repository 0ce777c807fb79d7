import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { only, run } from '../support/cli.ts'
import type { Implementation } from './build.ts'
import { cell, type StartPeer } from './cell.ts'

const base = { transports: ['tcp'], security: ['noise'], muxers: ['yamux'], listen: ['/ip4/127.0.0.1/tcp/0'] }
/** A relay's limit is 128 KiB in each direction. */
const bytes = 32 * 1024

/**
 * A peer of theirs, reached through a relay of theirs.
 *
 * @param implementation - which
 */
export function relay(implementation: Implementation): void {
  cell({ implementation, group: 'relay', row: 'tcp', column: 'we dial through theirs' }, async (start) => {
    const input = randomBytes(bytes)
    const { peer, flags } = await behindRelay(start)
    const dialed = await run(['dial', '--protocol', '/echo/1.0.0', ...flags], { input })
    expect(dialed, dialed.stderr).toMatchObject({ code: 0 })
    expect(dialed.stdoutBytes.equals(input)).toBe(true)
    const { transport, security, muxer } = await peer.inbound()
    expect(only(dialed.records, 'dialed')).toMatchObject({ transport, security, muxer, direct: false, limited: true })

    // py-libp2p 0.8.1 closes the newest circuit to a peer when an older one ends (relay/circuit_v2/protocol.py)
    const another = await behindRelay(start)
    const pinged = await run(['ping', '-c', '2', '-i', '10ms', ...another.flags])
    expect(only(pinged.records, 'summary')).toMatchObject({ transmitted: 2, received: 2 })
  })
}

async function behindRelay(start: StartPeer) {
  const between = await start({ ...base, relay: true })
  const peer = await start({ ...base, reserve: between.address })
  const address = `${between.address}/p2p-circuit/p2p/${peer.peerId}`
  return { peer, flags: ['--json', '--transport', 'relay,tcp', address] }
}
