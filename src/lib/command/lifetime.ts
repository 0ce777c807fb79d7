import { once, setMaxListeners } from 'node:events'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** Why a command stops without having failed: its own limit was reached, or nobody reads its output. */
export class EndOfCommand extends Error {
  override name = 'EndOfCommand'
  readonly why: 'limit' | 'reader-gone'

  constructor(why: 'limit' | 'reader-gone') {
    super(why === 'limit' ? 'the time that was asked for is over' : 'the reader of stdout has gone away')
    this.why = why
  }
}

/**
 * A command's one signal: aborted by SIGINT and SIGTERM, by the reader of stdout going away, and by
 * `--for`. Dispose it to give the process its default signal handling back.
 */
export class Lifetime implements Disposable {
  readonly #controller = new AbortController()
  readonly #stop: Array<() => void> = []

  /**
   * @param readerGone - aborts when the reader of stdout has gone away
   */
  constructor(readerGone: AbortSignal) {
    setMaxListeners(0, this.#controller.signal)
    this.#on('SIGINT', new ToolkitError('interrupted', 'interrupted'))
    this.#on('SIGTERM', new ToolkitError('terminated', 'terminated'))
    const onGone = () => this.#controller.abort(new EndOfCommand('reader-gone'))
    readerGone.addEventListener('abort', onGone, { once: true })
    this.#stop.push(() => readerGone.removeEventListener('abort', onGone))
  }

  /** Aborts when the command should end. Its reason is the error to end with, or an EndOfCommand. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Settles when the command should end. */
  async ended(): Promise<void> {
    if (!this.signal.aborted) await once(this.signal, 'abort')
  }

  /** Whether the command's own limit has ended it. */
  get limitReached(): boolean {
    const { reason } = this.signal
    return reason instanceof EndOfCommand && reason.why === 'limit'
  }

  /** Ends the command after a time, as a success. */
  limit(ms: number): void {
    const timer = setTimeout(() => this.#controller.abort(new EndOfCommand('limit')), ms)
    this.#stop.push(() => clearTimeout(timer))
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stop) stop()
  }

  #on(name: 'SIGINT' | 'SIGTERM', reason: ToolkitError): void {
    const onSignal = () => {
      // the second one does not wait for a clean end
      if (this.#controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143)
      this.#controller.abort(reason)
    }
    process.on(name, onSignal)
    this.#stop.push(() => process.off(name, onSignal))
  }
}
