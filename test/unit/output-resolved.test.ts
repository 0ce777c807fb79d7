import { describe, expect, it } from 'vitest'
import { resolveRenderer } from '../../src/lib/output/resolved.ts'
import { styleFor } from '../../src/lib/output/style.ts'

const plain = styleFor({}, 'never', {})
const node = { type: 'resolved', input: '/dns/a/tcp/1', depth: 1, leaf: false } as const
const counts = { type: 'summary', input: '/dns/a/tcp/1', deadEnds: 0, dropped: 0, passedOver: 0, lookUps: 0 } as const

describe('resolveRenderer', () => {
  it.each([
    [[], '/ip4/192.0.2.1/tcp/1'],
    [[true], '└── /ip4/192.0.2.1/tcp/1'],
    [[false], '├── /ip4/192.0.2.1/tcp/1'],
    [[true, false, true], '    │   └── /ip4/192.0.2.1/tcp/1'],
    [[false, true, false], '│       ├── /ip4/192.0.2.1/tcp/1'],
  ])('draws the branches %j', (last, line) => {
    expect(resolveRenderer(last)({ ...node, leaf: true, address: '/ip4/192.0.2.1/tcp/1' }, plain)).toBe(line)
  })

  it('shows where an address is from, and for how long', () => {
    const host = { ...node, leaf: true, address: '/ip4/192.0.2.1/tcp/1', answer: '192.0.2.1', recordType: 'A' } as const
    expect(resolveRenderer()(host, plain)).toBe('/ip4/192.0.2.1/tcp/1  A')
    expect(resolveRenderer()({ ...host, ttlMs: 300_000 }, plain)).toBe('/ip4/192.0.2.1/tcp/1  A, TTL 300 s')
  })

  it('shows why a branch ends', () => {
    const [problem, message] = ['loop', 'it leads in a loop'] as const
    expect(resolveRenderer()({ ...node, address: '/dnsaddr/a', problem, message }, plain)).toBe(
      '/dnsaddr/a  ✗ it leads in a loop',
    )
    expect(resolveRenderer()({ ...node, problem: 'passed-over', message: '9 more records', count: 9 }, plain)).toBe(
      '… 9 more records',
    )
    const dropped = { ...node, answer: 'x'.repeat(2000), recordType: 'TXT', problem: 'not-dnsaddr', message } as const
    expect(resolveRenderer()(dropped, plain)).toBe(`${'x'.repeat(127)}…  TXT  dropped: it leads in a loop`)
  })

  it('shows what became of a dial', () => {
    const checked = { type: 'checked', input: '/dns/a/tcp/1', address: '/ip4/192.0.2.1/tcp/1' } as const
    expect(resolveRenderer()({ ...checked, ok: true, peer: 'P', totalMs: 12.3456 }, plain)).toBe(
      '✓ /ip4/192.0.2.1/tcp/1  12.346 ms',
    )
    const failed = { ...checked, ok: false, layer: 'security', code: 'security', message: 'wrong peer ID' } as const
    expect(resolveRenderer()({ ...failed, tried: true }, plain)).toBe('✗ /ip4/192.0.2.1/tcp/1  security: wrong peer ID')
    expect(resolveRenderer()({ ...failed, tried: false }, plain)).toBe(
      '✗ /ip4/192.0.2.1/tcp/1  not tried: wrong peer ID',
    )
  })

  it('counts what there is', () => {
    const summary = (more: object) => resolveRenderer()({ ...counts, leaves: 1, totalMs: 1, ...more }, plain)
    expect(summary({})).toBe('1 address; 1.000 ms')
    expect(summary({ leaves: 0, deadEnds: 1, dropped: 1, passedOver: 1, lookUps: 1 })).toBe(
      '0 addresses, 1 dead end, 1 record dropped, 1 record passed over, 1 look-up; 1.000 ms',
    )
    expect(summary({ leaves: 3, reachable: 2, deadEnds: 2, dropped: 3, passedOver: 4, lookUps: 5 })).toBe(
      '3 addresses, 2 reachable, 2 dead ends, 3 records dropped, 4 records passed over, 5 look-ups; 1.000 ms',
    )
  })
})
