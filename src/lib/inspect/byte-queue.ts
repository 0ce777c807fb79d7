/** Bytes that wait to be read as a whole, kept in one buffer that grows: small pieces cost no more than large ones. */
export class ByteQueue {
  #buffer = new Uint8Array(0)
  #from = 0
  #to = 0

  /** How many bytes wait. */
  get length(): number {
    return this.#to - this.#from
  }

  /** What waits; good until the next `push`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#from, this.#to)
  }

  /** Copies bytes to the end: whoever sent them may use their memory again. */
  push(bytes: Uint8Array): void {
    if (this.#to + bytes.length > this.#buffer.length) this.#grow(bytes.length)
    this.#buffer.set(bytes, this.#to)
    this.#to += bytes.length
  }

  /** Takes bytes from the front, as a copy. */
  take(count: number): Uint8Array {
    const taken = this.#buffer.slice(this.#from, this.#from + Math.min(count, this.length))
    this.skip(taken.length)
    return taken
  }

  /** Drops bytes from the front. */
  skip(count: number): void {
    this.#from = Math.min(this.#to, this.#from + count)
    if (this.#from < this.#to) return
    this.#from = 0
    this.#to = 0
  }

  #grow(more: number): void {
    const waiting = this.bytes
    const size = Math.max(64, waiting.length + more)
    const buffer = size <= this.#buffer.length / 2 ? this.#buffer : new Uint8Array(2 * size)
    buffer.set(waiting)
    this.#buffer = buffer
    this.#from = 0
    this.#to = waiting.length
  }
}
