import { describe, expect, it } from 'vitest'
import { only, run } from '../support/cli.ts'
import { strangerId } from '../support/peer.ts'
import { addressOf, peerAnswering, relayedPeer } from '../support/peers.ts'

describe('p2p dial through a relay', () => {
  it('reports a connection that is relayed and limited, secured end to end', async () => {
    const { address, peer } = await relayedPeer()
    const { code, records, stderr } = await run(['dial', '--json', address])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(only(records, 'dialed')).toMatchObject({
      peer: peer.peerId.toString(),
      address,
      transport: 'relay',
      security: '/noise',
      muxer: '/yamux/1.0.0',
      direct: false,
      limited: true,
      authenticated: true,
    })
    const text = await run(['dial', address])
    expect(text.stdout).toContain('relayed, limited')
  })

  it('opens a stream over it', async () => {
    const { address, peer } = await relayedPeer()
    await peer.handle(
      '/answer/1.0.0',
      (stream) => {
        stream.send(new TextEncoder().encode('relayed answer'))
        void stream.close()
      },
      { runOnLimitedConnection: true },
    )
    const { code, stdout } = await run(['dial', '--protocol', '/answer/1.0.0', address])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'relayed answer' })
  })

  it('fails at the transport where the relay refuses, with what the relay said', async () => {
    const { relay } = await relayedPeer()
    const target = `${addressOf(relay)}/p2p-circuit/p2p/${await strangerId()}`
    const { code, records } = await run(['dial', '--json', target])
    expect(code).toBe(4)
    const { error } = only(records, 'error')
    expect(error).toMatchObject({ code: 'unreachable', layer: 'transport', suggestions: [] })
    expect(error.message).toContain('NO_RESERVATION')
  })

  it('is not tried when relay is not among the transports', async () => {
    const { address } = await peerAnswering('/x', () => {})
    const target = `${address}/p2p-circuit/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N`
    const { code, records } = await run(['dial', '--json', '--transport', 'tcp', target])
    expect(code).toBe(4)
    expect(only(records, 'error').error.addresses).toMatchObject([{ address: target, tried: false }])
  })
})
