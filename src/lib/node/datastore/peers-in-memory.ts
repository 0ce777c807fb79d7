import { type AbortOptions, NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { type Datastore, Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import { deadlineOf, until } from '../../errors/deadline.ts'

/** Where libp2p's peer store keeps peers. */
const ofPeers = '/peers/'

/** How long libp2p waits for a peer of the last time, in milliseconds. */
const recallWithinMs = 1000

/**
 * A datastore whose peers are in memory as well: libp2p reads and writes a peer with each of its streams, so that a store
 * that is slow or fails would take every protocol along. They are read from the store once and written behind; one that
 * cannot be read is not known, and one that cannot be written is known as long as the process runs.
 */
export class PeersInMemory extends BaseDatastore {
  readonly #inner: Datastore
  /** undefined where it was deleted */
  readonly #known = new Map<string, Uint8Array | undefined>()
  readonly #unwritten = new Set<string>()
  #writing: Promise<void> | undefined

  /** @param inner - keeps everything; it tells of its failures itself */
  constructor(inner: Datastore) {
    super()
    this.#inner = inner
  }

  /** Waits until every peer has been written, or could not be. */
  async written(): Promise<void> {
    await this.#writing
  }

  /** @throws what the store throws for anything but a peer */
  override async put(key: Key, value: Uint8Array, options?: AbortOptions): Promise<Key> {
    if (!isPeer(key)) return await this.#inner.put(key, value, options)
    this.#writeLater(key, value)
    return key
  }

  /** @throws NotFoundError, and what the store throws for anything but a peer */
  override async get(key: Key, options?: AbortOptions): Promise<Uint8Array> {
    if (!isPeer(key)) return await this.#inner.get(key, options)
    const value = await this.#peer(key, options)
    if (value === undefined) throw new NotFoundError()
    return value
  }

  /** @throws what the store throws for anything but a peer */
  override async has(key: Key, options?: AbortOptions): Promise<boolean> {
    if (!isPeer(key)) return await this.#inner.has(key, options)
    return (await this.#peer(key, options)) !== undefined
  }

  /** @throws what the store throws for anything but a peer */
  override async delete(key: Key, options?: AbortOptions): Promise<void> {
    if (!isPeer(key)) return await this.#inner.delete(key, options)
    this.#writeLater(key, undefined)
  }

  /** The rest of the query is `BaseDatastore`'s. */
  override async *_all({ prefix = '' }: Query, options?: AbortOptions): AsyncGenerator<Pair> {
    if (!prefix.startsWith(ofPeers)) return yield* this.#inner.query({ prefix }, options)
    for await (const key of this.#peers(options)) {
      const value = await this.#peer(key, options)
      if (value !== undefined) yield { key, value }
    }
  }

  override async *_allKeys({ prefix = '' }: KeyQuery, options?: AbortOptions): AsyncGenerator<Key> {
    yield* prefix.startsWith(ofPeers) ? this.#peers(options) : this.#inner.queryKeys({ prefix }, options)
  }

  async *#peers(options?: AbortOptions): AsyncGenerator<Key> {
    const known = new Map(this.#known)
    for (const [name, value] of known) if (value !== undefined) yield new Key(name, false)
    try {
      for await (const key of this.#inner.queryKeys({ prefix: ofPeers }, options))
        if (!known.has(key.toString())) yield key
    } catch {
      options?.signal?.throwIfAborted()
    }
  }

  async #peer(key: Key, options?: AbortOptions): Promise<Uint8Array | undefined> {
    const name = key.toString()
    if (this.#known.has(name)) return this.#known.get(name)
    using deadline = deadlineOf(options?.signal ?? new AbortController().signal, recallWithinMs, 'not read in time')
    const { signal } = deadline
    try {
      const value = await until((async () => this.#inner.get(key, { signal }))(), signal)
      // it may have been written meanwhile
      if (!this.#known.has(name)) this.#known.set(name, value)
    } catch {
      options?.signal?.throwIfAborted()
    }
    return this.#known.get(name)
  }

  #writeLater(key: Key, value: Uint8Array | undefined): void {
    const name = key.toString()
    this.#known.set(name, value)
    this.#unwritten.add(name)
    this.#writing ??= this.#write()
  }

  async #write(): Promise<void> {
    // a peer that changes meanwhile comes again, at the end
    for (const name of this.#unwritten) {
      this.#unwritten.delete(name)
      const value = this.#known.get(name)
      const key = new Key(name, false)
      try {
        await (value === undefined ? this.#inner.delete(key) : this.#inner.put(key, value))
      } catch {
        // the store has told of it
      }
    }
    this.#writing = undefined
  }
}

function isPeer(key: Key): boolean {
  return key.toString().startsWith(ofPeers)
}
