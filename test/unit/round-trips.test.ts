import { describe, expect, it } from 'vitest'
import { roundTripsOf, type SpokenSteps } from '../../src/lib/operations/round-trips.ts'

const security = { agreed: '/noise', offered: ['noise', 'tls'] }
const muxer = { agreed: '/yamux/1.0.0', offered: ['yamux', 'mplex'], early: true }
const tcp: SpokenSteps = { transport: 'tcp', secureWebSocket: false, privateNetwork: false, security, muxer }

describe('roundTripsOf', () => {
  it.each<[string, Partial<SpokenSteps>, number | undefined]>([
    ['TCP, noise, the muxer early', {}, 3],
    ['TLS, the second offer', { security: { ...security, agreed: '/tls/1.0.0' } }, 4],
    [
      'plaintext, the muxer afterwards',
      { security: { agreed: '/plaintext/2.0.0', offered: ['plaintext'] }, muxer: { ...muxer, early: false } },
      3,
    ],
    ['the second muxer afterwards', { muxer: { ...muxer, agreed: '/mplex/6.7.0', early: false } }, 5],
    ['a private network over TCP', { privateNetwork: true }, 4],
    ['WebSockets', { transport: 'ws' }, 4],
    ['secure WebSockets', { transport: 'ws', secureWebSocket: true }, 5],
    ['a private network over WebSockets', { transport: 'ws', privateNetwork: true }, 4],
    ['QUIC', { transport: 'quic', security: { agreed: 'quic-tls', offered: ['noise'] } }, 1],
    ['a relay', { transport: 'relay' }, undefined],
    ['no transport of ours', { transport: undefined }, undefined],
    ['a security protocol that was not offered', { security: { ...security, agreed: 'none' } }, undefined],
    ['a muxer that was not offered', { muxer: { ...muxer, agreed: 'none', early: false } }, undefined],
  ])('%s', (_name, steps, expected) => {
    expect(roundTripsOf({ ...tcp, ...steps })).toBe(expected)
  })
})
