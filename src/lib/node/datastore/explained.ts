import type { AbortOptions } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import type { Datastore, Key, KeyQuery, Pair, Query } from 'interface-datastore'
import type { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Backend } from './datastore.ts'

/**
 * A datastore whose failures are explained wherever they come up: stores throw what their libraries do, and the parts of
 * libp2p that use them drop some errors and pass others on. That there is nothing under a key is no failure.
 */
export class ExplainedDatastore extends BaseDatastore {
  readonly #inner: Datastore
  readonly #explain: Backend['explain']
  readonly #onFailed: (failure: ToolkitError) => void

  /**
   * @param backend - what reads and writes
   * @param onFailed - told of each failure
   */
  constructor({ store, explain }: Pick<Backend, 'store' | 'explain'>, onFailed: (failure: ToolkitError) => void) {
    super()
    this.#inner = store
    this.#explain = explain
    this.#onFailed = onFailed
  }

  /** @throws ToolkitError, and the signal's reason */
  override async put(key: Key, value: Uint8Array, options?: AbortOptions): Promise<Key> {
    return await this.#told(async () => this.#inner.put(key, value, options), options)
  }

  /** @throws NotFoundError, ToolkitError, and the signal's reason */
  override async get(key: Key, options?: AbortOptions): Promise<Uint8Array> {
    return await this.#told(async () => this.#inner.get(key, options), options)
  }

  /** @throws ToolkitError, and the signal's reason */
  override async has(key: Key, options?: AbortOptions): Promise<boolean> {
    return await this.#told(async () => this.#inner.has(key, options), options)
  }

  /** @throws ToolkitError, and the signal's reason */
  override async delete(key: Key, options?: AbortOptions): Promise<void> {
    await this.#told(async () => this.#inner.delete(key, options), options)
  }

  /** The rest of the query is `BaseDatastore`'s. */
  override async *_all({ prefix }: Query, options?: AbortOptions): AsyncGenerator<Pair> {
    yield* this.#toldEach(this.#inner.query(prefix === undefined ? {} : { prefix }, options), options)
  }

  override async *_allKeys({ prefix }: KeyQuery, options?: AbortOptions): AsyncGenerator<Key> {
    yield* this.#toldEach(this.#inner.queryKeys(prefix === undefined ? {} : { prefix }, options), options)
  }

  async #told<T>(work: () => Promise<T>, options?: AbortOptions): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw this.#explained(error, options)
    }
  }

  async *#toldEach<T>(items: Iterable<T> | AsyncIterable<T>, options?: AbortOptions): AsyncGenerator<T> {
    try {
      yield* items
    } catch (error) {
      throw this.#explained(error, options)
    }
  }

  #explained(error: unknown, options?: AbortOptions): unknown {
    if (error instanceof Error && error.name === 'NotFoundError') return error
    // some stores hide that they were told to end behind an error of their own
    if (options?.signal?.aborted) return options.signal.reason
    const failure = this.#explain(error)
    this.#onFailed(failure)
    return failure
  }
}
