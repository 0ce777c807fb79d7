import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DialPace } from '../../src/lib/operations/dial-pace.ts'
import { Pace } from '../../src/lib/operations/pace.ts'

const { signal } = new AbortController()
const host = (index: number) => [multiaddr(`/ip4/127.0.0.${index}/tcp/1`)]

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What has come of waits by now: how many of them are over. */
function countOver(waits: Promise<unknown>[]): { readonly over: number } {
  const count = { over: 0 }
  for (const wait of waits) void wait.then(() => count.over++)
  return count
}

describe('Pace', () => {
  it('gives each key its turns within a window, and the next when the first of them is out of it', async () => {
    const pace = new Pace(2, 1000)
    const count = countOver([1, 2, 3, 4, 5].map(() => pace.turn('a', signal)))
    const other = countOver([pace.turn('b', signal)])
    await vi.advanceTimersByTimeAsync(999)
    expect([count.over, other.over]).toEqual([2, 1])
    await vi.advanceTimersByTimeAsync(1)
    expect(count.over).toBe(4)
    await vi.advanceTimersByTimeAsync(1000)
    expect(count.over).toBe(5)
  })

  it('counts what nobody waited for', async () => {
    const pace = new Pace(2, 1000)
    pace.count('a')
    const count = countOver([pace.turn('a', signal), pace.turn('a', signal)])
    await vi.advanceTimersByTimeAsync(999)
    expect(count.over).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(count.over).toBe(2)
  })

  it('throws the reason of its signal, and leaves no timer behind', async () => {
    const pace = new Pace(1, 1000)
    const controller = new AbortController()
    await pace.turn('a', signal)
    const waiting = expect(pace.turn('a', controller.signal)).rejects.toThrow('enough')
    controller.abort(new Error('enough'))
    await waiting
    await expect(pace.turn('b', controller.signal)).rejects.toThrow('enough')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('DialPace', () => {
  it('lets sixteen dials be under way, and the next when one has ended', async () => {
    const pace = new DialPace()
    const places = await Promise.all(Array.from({ length: 16 }, (_, index) => pace.enter(host(index), signal)))
    const next = countOver([pace.enter(host(100), signal)])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(next.over).toBe(0)
    places[3]?.[Symbol.dispose]()
    await vi.advanceTimersByTimeAsync(0)
    expect(next.over).toBe(1)
  })

  it('dials one host five times in a second and a half, and others meanwhile', async () => {
    const pace = new DialPace()
    const ofHost = countOver(Array.from({ length: 6 }, () => pace.enter(host(1), signal)))
    const other = countOver([pace.enter(host(2), signal)])
    await vi.advanceTimersByTimeAsync(1000)
    expect([ofHost.over, other.over]).toEqual([5, 1])
    await vi.advanceTimersByTimeAsync(500)
    expect(ofHost.over).toBe(6)
  })

  it('waits for every host that an address may lead to', async () => {
    const pace = new DialPace()
    for (const _ of Array(5)) await pace.enter(host(1), signal)
    const both = countOver([pace.enter([...host(2), ...host(1)], signal)])
    await vi.advanceTimersByTimeAsync(1000)
    expect(both.over).toBe(0)
    await vi.advanceTimersByTimeAsync(500)
    expect(both.over).toBe(1)
  })

  it('counts a dial by a name for the host that it led to, and another only once', async () => {
    const pace = new DialPace()
    const [address = multiaddr()] = host(1)
    const named = [multiaddr('/dns4/peer.test/tcp/1')]
    for (const entered of [named, host(1)]) {
      await pace.enter(entered, signal)
      pace.count(address, entered)
    }
    const more = countOver(Array.from({ length: 4 }, () => pace.enter(host(1), signal)))
    await vi.advanceTimersByTimeAsync(1000)
    expect(more.over).toBe(3)
  })

  it('ends every wait with its signal', async () => {
    const pace = new DialPace()
    const controller = new AbortController()
    const enter = (index: number) => pace.enter(host(index), controller.signal)
    await Promise.all(Array.from({ length: 16 }, (_, index) => enter(index)))
    const waiting = [enter(50), ...Array.from({ length: 6 }, () => enter(51))]
    controller.abort(new Error('enough'))
    const ends = await Promise.allSettled([...waiting, enter(52)])
    expect(ends.map(({ status }) => status)).toEqual(ends.map(() => 'rejected'))
    expect(vi.getTimerCount()).toBe(0)
  })
})
