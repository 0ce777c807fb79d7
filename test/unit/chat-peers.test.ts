import { describe, expect, it } from 'vitest'
import { FloodGuard } from '../../src/lib/operations/chat/flood-guard.ts'
import { Roster } from '../../src/lib/operations/chat/roster.ts'
import { SeenIds } from '../../src/lib/operations/chat/seen-ids.ts'

const alice = '12D3KooWAliceAliceAliceAAAA'
const bob = '12D3KooWBobBobBobBobBobBBBB'

describe('the roster', () => {
  it('finds a peer by its handle, its peer ID, and the end of that', () => {
    const roster = new Roster(() => [])
    expect(roster.rename(alice, 'alice')).toEqual({ isNew: true })
    expect(roster.rename(alice, 'alice')).toEqual({ isNew: false, was: 'alice' })
    for (const text of ['alice', alice, 'AAAA']) expect(roster.find(text, [])).toBe(alice)
    // three digits are too few, and bob was not heard
    for (const text of ['AAA', 'bob', 'BBBB', '']) expect(roster.find(text, [])).toBeUndefined()
    expect(roster.find('BBBB', [bob])).toBe(bob)
    expect(roster.rename(alice, undefined)).toEqual({ isNew: true, was: 'alice' })
    expect(roster.handleOf(alice)).toEqual({})
  })

  it('takes nobody for another who is called by the other’s peer ID', () => {
    const roster = new Roster(() => [])
    roster.rename(bob, alice)
    expect(roster.find(alice, [alice])).toBe(alice)
    roster.rename(bob, 'AAAA')
    expect(() => roster.find('AAAA', [alice])).toThrow(/^2 peers are called so/)
    roster.rename(alice, 'same')
    roster.rename(bob, 'same')
    expect(() => roster.find('same', [])).toThrow(/^2 peers are called so/)
  })

  it('waits for somebody to be called so', async () => {
    const roster = new Roster(() => [])
    const { signal } = new AbortController()
    const found = roster.whenCalled('bob', () => [], signal)
    roster.rename(alice, 'alice')
    roster.rename(bob, 'bob')
    expect(await found).toBe(bob)
    expect(await roster.whenCalled('carol', () => [], AbortSignal.abort())).toBeUndefined()
    const here: string[] = []
    const nameless = roster.whenCalled('AAAA', () => here, signal)
    here.push(alice)
    roster.look()
    expect(await nameless).toBe(alice)
  })

  it('forgets those that were heard longest ago, and nobody who is connected', () => {
    const carol = '12D3KooWCarolCarolCarolCCCC'
    const roster = new Roster(() => [carol])
    roster.rename(carol, 'carol')
    roster.heard(alice, 'a room')
    roster.heard(bob, 'a room')
    for (let index = 0; index < 998; index++) roster.heard(`peer ${index}`, 'another')
    expect(roster.in('a room')).toEqual([bob])
    roster.heard(bob, 'another')
    expect(roster.in('a room')).toEqual([])
    expect(roster.handleOf(carol)).toEqual({ handle: 'carol' })
  })
})

describe('what is taken of peers', () => {
  it('is no more of one than anybody can read, whatever the others do', () => {
    const guard = new FloodGuard(100, 60_000)
    const taken = Array.from({ length: 1000 }, () => guard.takes(alice)).filter(Boolean)
    expect(taken.length).toBe(100)
    expect(guard.takes(bob)).toBe(true)
  })

  it('is each message once, by its author and its ID', () => {
    const seen = new SeenIds()
    const id = Buffer.of(0, 255)
    expect([seen.note(alice, id), seen.note(alice, id), seen.note(bob, id)]).toEqual([true, false, true])
    for (let index = 0; index < 10_000; index++) seen.note(bob, Buffer.from(`${index}`))
    expect(seen.note(alice, id)).toBe(true)
  })
})
