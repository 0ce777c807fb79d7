import { describe, expect, it } from 'vitest'
import { deadlineOf, formatDuration, until } from '../../src/lib/errors/deadline.ts'

const never = new Promise<never>(() => {})
const aborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }))

describe('deadlineOf', () => {
  it('ends with a time-out that names what was waited for', async () => {
    using deadline = deadlineOf(new AbortController().signal, 5, 'no pong within 5 ms')
    expect(await aborted(deadline.signal)).toMatchObject({ code: 'timeout', message: 'no pong within 5 ms' })
  })

  it('ends with its parent, for the parent’s reason', async () => {
    const parent = new AbortController()
    using deadline = deadlineOf(parent.signal, 60_000, 'late')
    parent.abort(new Error('ctrl-c'))
    expect(deadline.signal.reason).toBe(parent.signal.reason)
    using second = deadlineOf(parent.signal, 60_000, 'late')
    expect(second.signal.reason).toBe(parent.signal.reason)
  })

  it('has no limit at 0, and none once it is disposed', async () => {
    const parent = new AbortController()
    using unlimited = deadlineOf(parent.signal, 0, 'late')
    const disposed = deadlineOf(parent.signal, 1, 'late')
    disposed[Symbol.dispose]()
    // a timer that is due later than the disposed one would have been
    using later = deadlineOf(parent.signal, 10, 'later')
    await aborted(later.signal)
    expect([unlimited.signal.aborted, disposed.signal.aborted]).toEqual([false, false])
    parent.abort()
    expect([unlimited.signal.aborted, disposed.signal.aborted]).toEqual([true, false])
  })
})

describe('until', () => {
  it('gives the value, or the reason of the signal that came first', async () => {
    const controller = new AbortController()
    expect(await until(Promise.resolve(1), controller.signal)).toBe(1)
    await expect(until(Promise.reject(new Error('own')), controller.signal)).rejects.toThrow('own')
    const waiting = until(never, controller.signal)
    controller.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
    await expect(until(Promise.resolve(1), controller.signal)).rejects.toThrow('stopped')
  })
})

describe('formatDuration', () => {
  it('has the unit that fits', () => {
    expect([1, 999, 1000, 1500, 30_000].map(formatDuration)).toEqual(['1 ms', '999 ms', '1 s', '1.5 s', '30 s'])
  })
})
