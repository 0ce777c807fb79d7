/** Bytes of messages that wait for a slow reader, beyond which messages are dropped: eight of the longest. */
const maxBytes = 8 * 1024 * 1024
/** What a message takes beside its payload, in bytes. */
const overhead = 512

/** What a reader is given: a message, or how many were dropped before the next. */
export type Delivery<T> = { item: T } | { dropped: number }

/** Messages that wait for their reader. Nobody can be slowed down: beyond a bound they are dropped, and counted. */
export class Inbox<T> {
  readonly #sizeOf: (item: T) => number
  #items: T[] = []
  #bytes = 0
  #dropped = 0
  #isClosed = false
  #wake = Promise.withResolvers<void>()

  /** @param sizeOf - the bytes of an item */
  constructor(sizeOf: (item: T) => number) {
    this.#sizeOf = sizeOf
  }

  /** Puts an item in, or drops it. */
  push(item: T): void {
    const bytes = this.#sizeOf(item) + overhead
    if (this.#isClosed) return
    if (this.#bytes + bytes > maxBytes) this.#dropped++
    else {
      this.#items.push(item)
      this.#bytes += bytes
    }
    this.#wake.resolve()
  }

  /** Nothing more comes in; what has is still given out. */
  close(): void {
    this.#isClosed = true
    this.#wake.resolve()
  }

  /** Gives out what comes in, until the inbox is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery<T>> {
    for (;;) {
      const items = this.#items
      this.#items = []
      for (const item of items) {
        yield { item }
        this.#bytes -= this.#sizeOf(item) + overhead
      }
      const dropped = this.#dropped
      this.#dropped = 0
      if (dropped > 0) yield { dropped }
      if (this.#items.length > 0) continue
      if (this.#isClosed) return
      await this.#wake.promise
      this.#wake = Promise.withResolvers<void>()
    }
  }
}
