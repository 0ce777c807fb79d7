/** From one telling to the next, in milliseconds. */
const everyMs = 1000

/** Tells a number when it has changed: at once, and then once a second at most, since others can change it as they like. */
export class PacedCount implements Disposable {
  readonly #tell: (count: number) => void
  #latest: number | undefined
  #told: number | undefined
  #pause: NodeJS.Timeout | undefined

  /** @param tell - receives what is told */
  constructor(tell: (count: number) => void) {
    this.#tell = tell
  }

  /** Takes the number as it is now. */
  update(count: number): void {
    this.#latest = count
    if (this.#pause === undefined) this.#say()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#pause)
  }

  #say(): void {
    this.#pause = undefined
    if (this.#latest === undefined || this.#latest === this.#told) return
    this.#told = this.#latest
    this.#tell(this.#latest)
    this.#pause = setTimeout(() => this.#say(), everyMs)
  }
}
