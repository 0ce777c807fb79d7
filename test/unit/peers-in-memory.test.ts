import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import { PeersInMemory } from '../../src/lib/node/datastore/peers-in-memory.ts'

const one = new Key('/peers/one')
const two = new Key('/peers/two')
const record = new Key('/dht/record/x')
const bytes = (text: string) => new TextEncoder().encode(text)

/** A store that is not there any more. */
class Gone extends MemoryDatastore {
  gone = false
  override put(...args: Parameters<MemoryDatastore['put']>) {
    if (this.gone) throw new Error('gone')
    return super.put(...args)
  }
  override get(...args: Parameters<MemoryDatastore['get']>) {
    if (this.gone) throw new Error('gone')
    return super.get(...args)
  }
}

async function peersOf(store: PeersInMemory): Promise<Record<string, string>> {
  const peers: Record<string, string> = {}
  for await (const { key, value } of store.query({ prefix: '/peers/' })) {
    peers[key.toString()] = new TextDecoder().decode(value)
  }
  return peers
}

describe('peers in memory', () => {
  it('are those of the store, and what was changed since', async () => {
    const inner = new MemoryDatastore()
    for (const key of [one, two]) inner.put(key, bytes('old'))
    const store = new PeersInMemory(inner)
    await store.put(two, bytes('new'))
    expect(await peersOf(store)).toEqual({ '/peers/one': 'old', '/peers/two': 'new' })
    await store.delete(one)
    expect(await peersOf(store)).toEqual({ '/peers/two': 'new' })
    expect(await store.has(one)).toBe(false)
    await expect(store.get(one)).rejects.toMatchObject({ name: 'NotFoundError' })
    await store.written()
    expect(inner.has(one)).toBe(false)
    expect(inner.get(two)).toEqual(bytes('new'))
  })

  it('are written as they were last', async () => {
    const inner = new MemoryDatastore()
    const store = new PeersInMemory(inner)
    for (const text of ['1', '2', '3']) await store.put(one, bytes(text))
    await store.delete(two)
    await store.put(two, bytes('4'))
    await store.written()
    expect([inner.get(one), inner.get(two)]).toEqual([bytes('3'), bytes('4')])
  })

  it('are there without the store, unlike everything else', async () => {
    const inner = new Gone()
    const store = new PeersInMemory(inner)
    inner.gone = true
    await store.put(one, bytes('new'))
    expect(await store.get(one)).toEqual(bytes('new'))
    await expect(store.get(two)).rejects.toMatchObject({ name: 'NotFoundError' })
    await expect(store.get(record)).rejects.toThrow('gone')
    await expect(store.put(record, bytes('value'))).rejects.toThrow('gone')
    await store.written()
  })
})
