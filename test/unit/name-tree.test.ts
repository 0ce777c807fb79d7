import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameServer } from '../../src/lib/addresses/name-server.ts'
import { NameTree } from '../../src/lib/addresses/name-tree.ts'
import type { TreeNode } from '../../src/lib/addresses/tree-node.ts'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { collect } from '../support/collect.ts'
import { dnsServer, type Zone } from '../support/dns-server.ts'

const peer = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const other = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'

async function grow(zone: Zone, address: string, signal = new AbortController().signal) {
  const server = await dnsServer(zone)
  const tree = new NameTree(nameServer([server.address]), signal)
  const nodes = await collect(tree.grow(multiaddr(address)))
  return { nodes, lookUps: tree.lookUps, asked: server.asked }
}

/** A node in a line: its depth, what it is, and how it ends. */
const brief = ({ last, address, answer, leaf, problem }: TreeNode) =>
  `${last.length} ${address ?? answer?.text ?? '…'}${leaf ? ' leaf' : ''}${problem ? ` ${problem.name}` : ''}`

describe('NameTree', () => {
  it('holds what was asked and answered at every node, each before its branches', async () => {
    const zone = {
      'TXT _dnsaddr.boot.test': [
        `dnsaddr=/ip4/192.0.2.7/tcp/1/p2p/${other}`,
        `dnsaddr=/dnsaddr/next.test/p2p/${peer}`,
        'v=spf1 -all',
        `dnsaddr=/ip4/192.0.2.8/tcp/1/p2p/${peer}`,
      ],
      'TXT _dnsaddr.next.test': [`dnsaddr=/dns4/host.test/tcp/9/p2p/${peer}`],
      'A host.test': ['192.0.2.1'],
    }
    const { nodes, lookUps } = await grow(zone, `/dnsaddr/boot.test/p2p/${peer}`)
    const [root, next, host, ip] = nodes
    expect(nodes.map(brief)).toEqual([
      `0 /dnsaddr/boot.test/p2p/${peer}`,
      `1 /dnsaddr/next.test/p2p/${peer}`,
      `2 /dns4/host.test/tcp/9/p2p/${peer}`,
      `3 /ip4/192.0.2.1/tcp/9/p2p/${peer} leaf`,
      `1 /ip4/192.0.2.8/tcp/1/p2p/${peer} leaf`,
      `1 dnsaddr=/ip4/192.0.2.7/tcp/1/p2p/${other} other-peer`,
      '1 v=spf1 -all not-dnsaddr',
    ])
    expect(nodes.map(({ name }) => name)).toEqual([
      '_dnsaddr.boot.test',
      '_dnsaddr.next.test',
      'host.test',
      ...Array(4).fill(undefined),
    ])
    expect(nodes.map(({ last }) => last.map(Number).join(''))).toEqual(['', '0', '01', '011', '0', '0', '1'])
    expect(next?.answer).toEqual({ type: 'TXT', text: `dnsaddr=/dnsaddr/next.test/p2p/${peer}` })
    expect(ip?.answer).toEqual({ type: 'A', text: '192.0.2.1', ttlMs: 60_000 })
    expect(ip?.hostName).toBe('host.test')
    expect([root?.parent, next?.parent, ip?.parent]).toEqual([undefined, root?.address, host?.address])
    expect(lookUps).toBe(3)
  })

  it('tells a loop from a name that two branches share', async () => {
    const zone = {
      'TXT _dnsaddr.a.test': ['dnsaddr=/dnsaddr/b.test', 'dnsaddr=/dnsaddr/c.test'],
      'TXT _dnsaddr.b.test': ['dnsaddr=/dnsaddr/d.test'],
      'TXT _dnsaddr.c.test': ['dnsaddr=/dnsaddr/d.test'],
      'TXT _dnsaddr.d.test': ['dnsaddr=/dnsaddr/a.test'],
    }
    expect((await grow(zone, '/dnsaddr/a.test')).nodes.map(brief)).toEqual([
      '0 /dnsaddr/a.test',
      '1 /dnsaddr/b.test',
      '2 /dnsaddr/d.test',
      '3 /dnsaddr/a.test loop',
      '1 /dnsaddr/c.test',
      '2 /dnsaddr/d.test asked-before',
    ])
  })

  it('follows four dnsaddr records to each other, and no more', async () => {
    const chain = Array.from({ length: 9 }, (_, at) => [
      `TXT _dnsaddr.n${at}.test`,
      [`dnsaddr=/dnsaddr/n${at + 1}.test`],
    ])
    const { nodes, asked } = await grow(Object.fromEntries(chain), '/dnsaddr/n0.test')
    expect(brief(nodes.at(-1) ?? { last: [], leaf: false })).toBe('4 /dnsaddr/n4.test too-deep')
    expect(asked).toHaveLength(4)
  })

  it('says where records are left out, and how many', async () => {
    const [useful, useless] = [
      Array.from({ length: 10 }, (_, index) => `dnsaddr=/ip4/192.0.2.1/tcp/${index}`),
      Array.from({ length: 20 }, () => 'v=spf1 -all'),
    ]
    const zone = {
      'TXT _dnsaddr.top.test': Array.from({ length: 8 }, (_, index) => `dnsaddr=/dnsaddr/n${index}.test`),
      ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`TXT _dnsaddr.n${index}.test`, useful])),
      'TXT _dnsaddr.n0.test': [...useful, ...useless],
    }
    const { nodes } = await grow(zone, '/dnsaddr/top.test')
    const leftOut = nodes.flatMap(({ last, problem }) =>
      problem?.kind === 'left-out' ? [[last.length, problem.name, problem.count]] : [],
    )
    expect(leftOut).toEqual([
      [2, 'not-shown', 4],
      [2, 'passed-over', 6],
      [1, 'passed-over', 1],
    ])
    expect(nodes.filter(({ leaf }) => leaf)).toHaveLength(64)
    expect(nodes.filter(({ problem }) => problem?.name === 'not-dnsaddr')).toHaveLength(16)
  })

  it('keeps what it has at the deadline, the leaves that need no look-up as well', async () => {
    const zone = {
      'SILENT quiet.test': [],
      'A host.test': ['192.0.2.9'],
      'TXT _dnsaddr.top.test': [
        'dnsaddr=/ip4/192.0.2.1/tcp/1',
        'dnsaddr=/dns4/quiet.test/tcp/1',
        'dnsaddr=/dns4/host.test/tcp/1',
        'dnsaddr=/ip4/192.0.2.2/tcp/1',
      ],
    }
    const server = await dnsServer(zone)
    const deadline = new AbortController()
    const tree = new NameTree(nameServer([server.address]), deadline.signal)
    const nodes: TreeNode[] = []
    for await (const node of tree.grow(multiaddr('/dnsaddr/top.test'))) {
      nodes.push(node)
      // the next is the one that hangs
      if (node.leaf) setImmediate(() => deadline.abort(new ToolkitError('timeout', 'too late')))
    }
    expect(nodes.map(brief)).toEqual([
      '0 /dnsaddr/top.test',
      '1 /ip4/192.0.2.1/tcp/1 leaf',
      '1 /dns4/quiet.test/tcp/1 timeout',
      '1 /dns4/host.test/tcp/1 timeout',
      '1 /ip4/192.0.2.2/tcp/1 leaf',
    ])
    expect(server.asked).not.toContain('A host.test')
  })

  it('is a bounded tree, whatever the zone', async () => {
    const name = fc.nat(5).map((number) => `n${number}.test`)
    const ip = fc.nat(255).map((number) => `192.0.2.${number}`)
    const suffix = fc.constantFrom('', `/p2p/${peer}`, `/p2p/${other}`)
    const record = fc.oneof(
      fc.tuple(name, suffix).map(([to, end]) => `dnsaddr=/dnsaddr/${to}${end}`),
      fc.tuple(fc.constantFrom('dns', 'dns4', 'dns6'), name).map(([kind, to]) => `dnsaddr=/${kind}/${to}/tcp/1`),
      fc.tuple(ip, suffix).map(([to, end]) => `dnsaddr=/ip4/${to}/tcp/1${end}`),
      fc.string({ maxLength: 20 }),
    )
    const key = fc.oneof(
      name.map((of) => `TXT _dnsaddr.${of}`),
      name.map((of) => `A ${of}`),
    )
    const entry = key.chain((of) =>
      fc.tuple(fc.constant(of), fc.array(of.startsWith('TXT') ? record : ip, { maxLength: 12, size: 'max' })),
    )
    const zones = fc.array(entry, { maxLength: 12, size: 'max' }).map((entries): Zone => Object.fromEntries(entries))
    await fc.assert(
      fc.asyncProperty(zones, suffix, async (zone, end) => {
        const { nodes, lookUps, asked } = await grow(zone, `/dnsaddr/n0.test${end}`)
        expect(nodes.filter(({ leaf }) => leaf).length).toBeLessThanOrEqual(64)
        expect(lookUps).toBeLessThanOrEqual(64)
        expect(asked.length).toBeLessThanOrEqual(128)
        expect(Math.max(...nodes.map(({ last }) => last.length))).toBeLessThanOrEqual(5)
        expectTree(nodes)
        // nothing is both an end and a beginning, and every node but a leaf says why it ends
        for (const [index, { leaf, problem, last }] of nodes.entries()) {
          const isEnd = (nodes[index + 1]?.last.length ?? 0) <= last.length
          if (isEnd) expect(leaf || problem !== undefined).toBe(true)
          if (leaf) expect([isEnd, problem]).toEqual([true, undefined])
        }
      }),
      { numRuns: 60 },
    )
  })
})

/** Holds `last` to what it says: after a last branch there is none of the same parent. */
function expectTree(nodes: TreeNode[]): void {
  for (const [index, { last }] of nodes.entries()) {
    if (index === 0) continue
    const after = nodes.slice(index + 1).find((node) => node.last.length <= last.length)
    const hasSibling = after !== undefined && after.last.length === last.length
    expect(last.at(-1)).toBe(!hasSibling)
    expect(last.length - (nodes[index - 1]?.last.length ?? 0)).toBeLessThanOrEqual(1)
  }
}
