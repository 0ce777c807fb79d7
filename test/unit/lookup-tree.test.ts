import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LookupTree } from '../../src/lib/inspect/lookup-tree.ts'
import { renderLookupDot } from '../../src/lib/output/lookup-dot.ts'
import { renderLookupTree } from '../../src/lib/output/lookup-tree.ts'
import { styleFor } from '../../src/lib/output/style.ts'

const style = styleFor({}, 'never', {})
const layer = 'routing'
const request = 'FIND_NODE'

function answered(tree: LookupTree, peer: string, askedAt?: string): void {
  const detail = { peer, request, closer: 0, providers: 0, value: false, rttMs: 1, ms: 2 }
  tree.observe({ layer, type: 'answered', detail: { ...detail, ...(askedAt !== undefined && { askedAt }) } })
}

describe('the tree of a lookup', () => {
  it('keeps 2,000 peers, and counts the others', () => {
    const tree = new LookupTree()
    tree.observe({ layer, type: 'asked', detail: { peer: 'liar', request, hops: 0 } })
    for (let index = 0; index < 2500; index++)
      tree.observe({ layer, type: 'peer-introduced', detail: { peer: `p${index}`, by: 'liar', cpl: 0, hops: 1 } })
    tree.observe({ layer, type: 'asked', detail: { peer: 'p2400', request, hops: 1, by: 'liar' } })
    answered(tree, 'p2400')
    const record = tree.record
    expect(record.peers).toHaveLength(2000)
    expect(record.dropped).toBe(501)
    tree.observe({ layer, type: 'peer-introduced', detail: { peer: 'p2499', by: 'p1', cpl: 0, hops: 2 } })
    expect(tree.record.dropped).toBe(501)
    expect(renderLookupTree(record, style).split('\n')).toHaveLength(3)
  })

  it('draws a chain of 2,000 peers without growing with its square', () => {
    const tree = new LookupTree()
    for (let index = 0; index < 2000; index++) {
      const by = index === 0 ? {} : { by: `p${index - 1}` }
      tree.observe({ layer, type: 'asked', detail: { peer: `p${index}`, request, hops: index, ...by } })
    }
    expect(renderLookupTree(tree.record, style).length).toBeLessThan(2000 * 200)
  })

  it('makes one of an address and the peer that was found to be there', () => {
    const tree = new LookupTree()
    const other = '/ip4/192.0.2.2/tcp/1'
    for (const peer of ['/ip4/192.0.2.1/tcp/1', other])
      tree.observe({ layer, type: 'asked', detail: { peer, request, hops: 0 } })
    answered(tree, 'first', '/ip4/192.0.2.1/tcp/1')
    tree.observe({ layer, type: 'peer-introduced', detail: { peer: 'second', by: 'first', cpl: 3, hops: 1 } })
    answered(tree, 'second', other)
    const requests = [{ request, rttMs: 1, elapsedMs: 2, closer: 0, providers: 0, value: false }]
    expect(tree.record.peers).toEqual([
      { peer: 'first', hops: 0, requests },
      { peer: 'second', hops: 0, cpl: 3, requests },
    ])
  })
})

const text = fc.string({ unit: 'binary' })
const outcome = fc.record({ request: text, error: fc.record({ code: text, message: text }) })
const tree = fc.record({
  type: fc.constant('lookup-tree' as const),
  key: text,
  peers: fc.array(fc.record({ peer: text, by: text, hops: fc.nat(), requests: fc.array(outcome) })),
})

it('stays a digraph of its own nodes, whatever it is told', () => {
  fc.assert(
    fc.property(tree, (record) => {
      const dot = renderLookupDot(record)
      const bare = dot.replaceAll(/"(?:[^"\\\n]|\\[\\"l])*"/g, '""')
      expect(bare).toMatch(
        /^digraph lookup \{\n {2}label=""\n {2}rankdir=LR\n {2}node \[shape=box\]\n(?: {2}p\d*(?:rest)?(?: -> p\d+(?:rest)?(?: \[style=dashed\])?| \[(?:shape=plaintext, )?label=""(?:, color=[a-z]+)?\])\n)*\}\n$/,
      )
      expect(dot).not.toMatch(/&(?!amp;)|[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}/u)
    }),
  )
})
