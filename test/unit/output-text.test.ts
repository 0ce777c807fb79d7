import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { renderConnectionClosed, renderDialed } from '../../src/lib/output/dialed.ts'
import { errorRecord, renderError } from '../../src/lib/output/failure.ts'
import { pingRenderer } from '../../src/lib/output/pong.ts'
import { styleFor } from '../../src/lib/output/style.ts'

const plain = styleFor({}, 'never', {})
const dialed = {
  type: 'dialed',
  peer: '12D3KooWPeer',
  address: '/ip4/127.0.0.1/tcp/1',
  transport: 'tcp',
  security: '/noise',
  muxer: '/yamux/1.0.0',
  earlyMuxer: true,
  direct: true,
  limited: false,
  authenticated: true,
  totalMs: 12.3456,
  timings: { resolveMs: 2, transportMs: 1, securityMs: 4, handshakeMs: 5, totalMs: 12.3456 },
  bytes: { wireSent: 292, wireReceived: 260, sent: 12, received: 0 },
  roundTrips: 3,
} as const

describe('renderDialed', () => {
  it('has a line for each layer', () => {
    const text = renderDialed(dialed, plain)
    for (const part of [dialed.peer, dialed.address, 'tcp', '/noise', '/yamux/1.0.0', 'direct', '12.346 ms']) {
      expect(text).toContain(part)
    }
    expect(text).not.toContain('authenticated')
  })

  it('says that a peer was not known beforehand, and that a relay limits the connection', () => {
    const text = renderDialed({ ...dialed, authenticated: false, direct: false, limited: true }, plain)
    expect(text).toContain('not authenticated')
    expect(text).toContain('relayed, limited')
  })

  it('has a bar for each step that took place, in proportion, within 80 columns', () => {
    const lines = renderDialed(dialed, plain).split('\n')
    expect(lines.slice(-6)).toEqual([
      'bytes      292 sent, 260 received on the wire; 12 and 0 above security',
      'total      12.346 ms, 3 round trips',
      '           resolve    2.000 ms  █████',
      '           transport  1.000 ms  ███',
      '           security   4.000 ms  ██████████',
      '           handshake  5.000 ms  █████████████',
    ])
    const slow = { resolveMs: 1, loadMs: 2, transportMs: 29_990, protectMs: 0, muxerMs: 1, totalMs: 30_000 }
    const wide = renderDialed({ ...dialed, totalMs: slow.totalMs, timings: slow }, plain).split('\n')
    expect(wide.find((line) => line.includes('transport  2'))).toMatch(/29990 ms {2}█{32}$/)
    expect(Math.max(...wide.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('leaves out figures that are not known', () => {
    const { bytes, roundTrips, ...known } = dialed
    const text = renderDialed({ ...known, timings: { transportMs: 0, totalMs: 0 }, totalMs: 0 }, plain)
    expect(text).not.toMatch(/bytes|round trip|█/)
    expect(renderDialed({ ...dialed, roundTrips: 1 }, plain)).toMatch(/1 round trip$/m)
    expect(renderDialed({ ...dialed, bytes: { wireSent: 1, wireReceived: 2 } }, plain)).toMatch(/wire$/m)
  })

  it('names the side that closed a held connection', () => {
    const closed = { type: 'connection-closed', at: '', connection: 'c', peer: 'p', address: 'a' } as const
    const by = (side: 'local' | 'remote') =>
      renderConnectionClosed({ ...closed, direction: 'outbound', by: side, reason: 'reset', heldMs: 1500 }, plain)
    expect(by('local')).toBe('closed by this side after 1.5 s: reset')
    expect(by('remote')).toBe('closed by the other side after 1.5 s: reset')
  })
})

describe('pingRenderer', () => {
  const pong = { type: 'pong', at: '2026-01-02T03:04:05.678Z', peer: 'P', address: 'A', seq: 1 } as const

  it('prints a pong with sub-millisecond precision and its path', () => {
    expect(pingRenderer(false)({ ...pong, rttMs: 0.5321, path: 'direct' }, plain)).toBe(
      'pong from P: seq=1 time=0.532 ms direct',
    )
  })

  it('begins with the time in seconds when timestamps are asked for', () => {
    const text = pingRenderer(true)({ ...pong, rttMs: 1, path: 'relayed' }, plain)
    expect(text).toBe('[1767323045.678] pong from P: seq=1 time=1.000 ms relayed')
  })

  it('prints ping(8) figures, and none of them when no pong came', () => {
    const counts = { type: 'summary', peer: 'P', transmitted: 3, received: 2, lossPercent: 100 / 3 } as const
    const text = pingRenderer(false)({ ...counts, minMs: 1, avgMs: 1.5, maxMs: 2, mdevMs: 0.5 }, plain)
    expect(text).toContain('3 transmitted, 2 received, 33.33% loss')
    expect(text).toContain('rtt min/avg/max/mdev = 1.000/1.500/2.000/0.500 ms')
    expect(pingRenderer(false)({ ...counts, received: 0, lossPercent: 100 }, plain)).not.toContain('rtt')
  })
})

describe('renderError', () => {
  it('lists every address with its cause, the causes below, and what to try', () => {
    const error = new ToolkitError('unreachable', 'none of 2 addresses worked', {
      layer: 'transport',
      addresses: [
        { address: '/ip4/1.2.3.4/tcp/1', tried: true, layer: 'transport', code: 'unreachable', message: 'refused' },
        { address: '/ip4/1.2.3.4/udp/1', tried: false, layer: 'transport', code: 'unreachable', message: 'no way' },
      ],
      suggestions: ['look at it'],
      cause: Object.assign(new Error('kernel said no'), { code: 'EPERM' }),
    })
    const lines = renderError(errorRecord(error, { input: 'x', index: 1 }), plain).split('\n')
    expect(lines[0]).toBe('error x: none of 2 addresses worked (unreachable, transport)')
    expect(lines[1]).toContain('/ip4/1.2.3.4/tcp/1  transport: refused')
    expect(lines[2]).toContain('/ip4/1.2.3.4/udp/1  not tried: no way')
    expect(lines[3]).toContain('EPERM: kernel said no')
    expect(lines[4]).toContain('try: look at it')
  })
})
