import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { DialPace } from '../../src/lib/operations/dial-pace.ts'

const { signal } = new AbortController()
const host = (index: number) => multiaddr(`/ip4/127.0.0.${index}/tcp/1`)

describe('DialPace', () => {
  it('lets sixteen dials be under way, and the next when one has ended', async () => {
    const pace = new DialPace()
    const places = await Promise.all(Array.from({ length: 16 }, (_, index) => pace.enter(host(index), signal)))
    const order: string[] = []
    const next = pace.enter(host(100), signal).then(() => order.push('entered'))
    await new Promise((resolve) => setImmediate(resolve))
    order.push('ended')
    places[3]?.[Symbol.dispose]()
    await next
    expect(order).toEqual(['ended', 'entered'])
  })

  it('dials one host five times a second, and others meanwhile', async () => {
    const pace = new DialPace()
    const started = performance.now()
    const enter = async (index: number) => {
      using _place = await pace.enter(host(index), signal)
      return performance.now() - started
    }
    const [sixth = 0] = (await Promise.all([1, 1, 1, 1, 1, 1].map(enter))).slice(-1)
    expect(sixth).toBeGreaterThan(1000)
    await enter(2)
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
  })
})
