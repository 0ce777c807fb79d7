import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { type KnownPeer, seedOf } from '../../src/lib/operations/dht/known-peer.ts'
import { QueryStatistics } from '../../src/lib/operations/dht/query-statistics.ts'
import { heldOf } from '../support/collectable.ts'
import { freshSigner } from '../support/signed-record.ts'

const label = '/ip4/192.0.2.1/tcp/1'
const [one, two] = [freshSigner().peerId, freshSigner().peerId]
const other = '/ip4/192.0.2.2/tcp/1'
const failure = new ToolkitError('timeout', 'no answer')
const seed = (peer?: string, text = label): KnownPeer =>
  seedOf({ label: text, addresses: [multiaddr(text)], ...(peer !== undefined && { peer }) })

/** Asks a peer at an address alone, where it proves an ID. */
function askedAt(statistics: QueryStatistics, text: string, id: string): void {
  const peer = seed(undefined, text)
  statistics.asked(peer)
  peer.target.peer = id
  statistics.succeeded(peer, text)
}

describe('QueryStatistics', () => {
  it('counts a peer once, by what became of the last request, however it was asked and how often', () => {
    const statistics = new QueryStatistics()
    for (let lookup = 0; lookup < 3; lookup++) askedAt(statistics, label, one)
    expect(statistics.summary(true, 0)).toMatchObject({ queried: 1, succeeded: 1, failed: 0 })
    askedAt(statistics, other, two)
    const again = seed(one)
    statistics.asked(again)
    expect(statistics.summary(true, 0)).toMatchObject({ queried: 2, succeeded: 1, failed: 0 })
    statistics.failed(again, one, failure)
    const nameless = seed()
    statistics.asked(nameless)
    statistics.failed(nameless, label, failure)
    expect(statistics.summary(true, 0)).toMatchObject({ queried: 3, succeeded: 1, failed: 2 })
  })

  it('keeps the names of peers, and neither them nor their addresses', async () => {
    const statistics = new QueryStatistics()
    const asked: Array<WeakRef<object>> = []
    for (let index = 0; index < 100; index++) {
      const peer = seed(freshSigner().peerId)
      const name = peer.target.peer ?? expect.unreachable()
      asked.push(new WeakRef(peer), new WeakRef(peer.target))
      statistics.asked(peer)
      if (index % 2 === 0) statistics.succeeded(peer, name)
      else statistics.failed(peer, name, failure)
    }
    // what the engine itself has not let go of
    expect(await heldOf(asked)).toBeLessThan(10)
    expect(statistics.summary(true, 0)).toMatchObject({ queried: 100, succeeded: 50, failed: 50 })
  })
})
