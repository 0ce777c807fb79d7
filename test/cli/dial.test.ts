import { networkInterfaces } from 'node:os'
import { beforeAll, describe, expect, it } from 'vitest'
import { only, run } from '../support/cli.ts'
import { type Listener, startListener } from '../support/listener.ts'

const protocols = {
  noise: '/noise',
  tls: '/tls/1.0.0',
  plaintext: '/plaintext/2.0.0',
  yamux: '/yamux/1.0.0',
  mplex: '/mplex/6.7.0',
} as const
const cells = (['tcp', 'ws'] as const).flatMap((transport) =>
  (['noise', 'tls', 'plaintext'] as const).flatMap((security) =>
    (['yamux', 'mplex'] as const).map((muxer) => ({ transport, security, muxer })),
  ),
)
const all = ['--security', 'noise,tls,plaintext', '--muxer', 'yamux,mplex']
const hasIp6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

describe('p2p dial', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener(all)
  })
  const withoutPeer = (address: string) => address.replace(/\/p2p\/.*/, '')

  it.each(cells)('over $transport, $security and $muxer says so', async ({ transport, security, muxer }) => {
    const target = listener[transport]
    const { code, records, stderr } = await run(['dial', '--json', '--security', security, '--muxer', muxer, target])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(records).toEqual([
      {
        type: 'dialed',
        peer: listener.peerId,
        address: target,
        transport,
        security: protocols[security],
        muxer: protocols[muxer],
        earlyMuxer: security !== 'plaintext',
        direct: true,
        limited: false,
        authenticated: true,
        totalMs: expect.any(Number),
        timings: expect.any(Object),
        bytes: expect.any(Object),
        roundTrips: expect.any(Number),
      },
    ])
  })

  it('over QUIC has the words of QUIC', async () => {
    const { code, records } = await run(['dial', '--json', listener.quic])
    expect(code).toBe(0)
    expect(only(records, 'dialed')).toMatchObject({
      peer: listener.peerId,
      address: listener.quic,
      transport: 'quic',
      security: 'quic-tls',
      muxer: 'quic',
      earlyMuxer: false,
      direct: true,
      limited: false,
    })
  })

  it.each([
    ['the defaults', [], '/noise', '/yamux/1.0.0'],
    ['a list with commas', ['--security', 'tls,noise', '--muxer', 'mplex,yamux'], '/tls/1.0.0', '/mplex/6.7.0'],
    [
      'repeated flags',
      ['--security', 'plaintext', '--security', 'tls', '--muxer', 'mplex'],
      '/plaintext/2.0.0',
      '/mplex/6.7.0',
    ],
  ])('prefers by the order of %s', async (_name, flags, security, muxer) => {
    const { records } = await run(['dial', '--json', ...flags, listener.tcp])
    expect(only(records, 'dialed')).toMatchObject({ security, muxer })
  })

  it('takes its lists from the environment, and flags before that', async () => {
    const env = { P2P_SECURITY: 'tls,noise', P2P_MUXER: 'mplex', P2P_JSON: '1' }
    const { records } = await run(['dial', listener.tcp], { env })
    expect(only(records, 'dialed')).toMatchObject({ security: '/tls/1.0.0', muxer: '/mplex/6.7.0' })
    const flagged = await run(['dial', '--security', 'noise', listener.tcp], { env })
    expect(only(flagged.records, 'dialed')).toMatchObject({ security: '/noise', muxer: '/mplex/6.7.0' })
  })

  it('without /p2p works, and says that the peer was not authenticated', async () => {
    for (const address of [listener.tcp, listener.ws, listener.quic].map(withoutPeer)) {
      const { code, records } = await run(['dial', '--json', address])
      expect(code).toBe(0)
      expect(only(records, 'dialed')).toMatchObject({ peer: listener.peerId, authenticated: false })
    }
    const text = await run(['dial', withoutPeer(listener.tcp)])
    expect(text.stdout).toContain('not authenticated')
    expect((await run(['dial', listener.tcp])).stdout).not.toContain('not authenticated')
  })

  it('--expect-peer makes up for a missing /p2p', async () => {
    const args = ['dial', '--json', '--expect-peer', listener.peerId, withoutPeer(listener.tcp)]
    const { code, records } = await run(args)
    expect(code).toBe(0)
    expect(only(records, 'dialed')).toMatchObject({ peer: listener.peerId, authenticated: true })
  })

  it('--expect-peer that contradicts the address is usage, and nothing is sent', async () => {
    const other = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
    const { code, records } = await run(['dial', '--json', '--expect-peer', other, listener.tcp])
    expect(code).toBe(2)
    const { message } = only(records, 'error').error
    expect(message).toContain(other)
    expect(message).toContain(listener.peerId)
  })

  it.each(['dns4', 'dns'])('looks up /%s/localhost', async (kind) => {
    const named = listener.tcp.replace('/ip4/127.0.0.1', `/${kind}/localhost`)
    const { code, records } = await run(['dial', '--json', named])
    expect(code).toBe(0)
    expect(only(records, 'dialed')).toMatchObject({ peer: listener.peerId, address: listener.tcp })
  })

  it.runIf(hasIp6)('over IPv6', async () => {
    const six = await startListener(['/ip6/::1/tcp/0', '/ip6/::1/udp/0/quic-v1', '/ip6/::1/tcp/0/ws'])
    for (const address of six.addresses) {
      const { code, records } = await run(['dial', '--json', address])
      expect(code).toBe(0)
      expect(only(records, 'dialed')).toMatchObject({ peer: six.peerId, address })
    }
  })
  it.skipIf(hasIp6)('over IPv6: this machine has no ::1', () => {})

  it('prints a layer a line for people', async () => {
    const { code, stdout, stderr } = await run(['dial', listener.tcp])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const shown of [listener.peerId, listener.tcp, 'tcp', '/noise', '/yamux/1.0.0', 'direct', ' ms']) {
      expect(stdout).toContain(shown)
    }
  })
})
