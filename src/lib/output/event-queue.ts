/** Lines that cannot be slowed down queue up to this many bytes, then are dropped and counted. */
const maxQueuedBytes = 1024 * 1024

/** The events that wait for one output stream. */
export class EventQueue {
  readonly #write: (line: string) => Promise<void>
  readonly #onDropped: (count: number) => Promise<void>
  #tail: Promise<void> = Promise.resolve()
  #queuedBytes = 0
  #dropped = 0

  /**
   * @param write - writes a line, and waits while the reader is slow
   * @param onDropped - told how many lines were dropped, once there is room
   */
  constructor(write: (line: string) => Promise<void>, onDropped: (count: number) => Promise<void>) {
    this.#write = write
    this.#onDropped = onDropped
  }

  /** Settles when everything that was queued by now is written. */
  get written(): Promise<void> {
    return this.#tail
  }

  /** Queues a line, or drops it. */
  push(line: string): void {
    if (this.#queuedBytes + line.length > maxQueuedBytes) {
      this.#dropped++
      return
    }
    this.#queuedBytes += line.length
    this.#tail = this.#tail.then(async () => {
      await this.#write(line)
      this.#queuedBytes -= line.length
      if (this.#dropped === 0 || this.#queuedBytes > 0) return
      const count = this.#dropped
      this.#dropped = 0
      await this.#onDropped(count)
    })
  }
}
