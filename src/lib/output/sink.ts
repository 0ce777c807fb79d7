import { once } from 'node:events'
import { EventQueue } from './event-queue.ts'
import { handedOver } from './handed-over.ts'
import { LiveText } from './live-text.ts'
import { sanitise, sanitiseRecord, sanitiseText, toJsonLine } from './sanitise.ts'
import { type ColorChoice, type Style, styleFor } from './style.ts'

/** Turns a sanitised record into the text that people read: one or more lines, no final newline. */
export type Render<R> = (record: R, style: Style) => string

/** How a command was asked to print. */
export interface SinkOptions {
  json: boolean
  quiet: boolean
  color: ColorChoice
  /** stdout carries a stream's bytes, so every record goes to stderr */
  bytes?: boolean
  /** bytes go to a terminal as they are */
  raw?: boolean
}

/** What a stalled reader still gets when the command ends, in milliseconds. */
const lastWaitMs = 1000

const lineFeed = 0x0a

/**
 * The only writer of stdout and stderr. stdout is the answer, stderr is the story.
 *
 * `record` waits for a slow reader; `offer`, for events that nobody can slow down, does not.
 */
export class Sink {
  /** what results are drawn in, one over the other: notes and events stand above it */
  readonly live = new LiveText()
  readonly #options: SinkOptions
  readonly #styles: { out: Style; err: Style }
  readonly #gone = new AbortController()
  readonly #hurry = new AbortController()
  readonly #unwaiting = AbortSignal.any([this.#gone.signal, this.#hurry.signal])
  readonly #decoder = new TextDecoder()
  #midLine = false
  /** one each: a stderr that nobody reads must not cost stdout its records */
  readonly #events = { out: this.#queueOf(process.stdout), err: this.#queueOf(process.stderr) }

  constructor(options: SinkOptions) {
    this.#options = options
    this.#styles = {
      out: styleFor(process.stdout, options.color, process.env),
      err: styleFor(process.stderr, options.color, process.env),
    }
    // a reader that left is not an error of ours: whoever writes next stops (EPIPE, or EBADF for `>&-`)
    process.stdout.on('error', () => this.#gone.abort())
    process.stderr.on('error', () => {})
  }

  /** Aborts when the reader of stdout has gone away. */
  get readerGone(): AbortSignal {
    return this.#gone.signal
  }

  /** From when this aborts, nothing waits for a slow reader any more. */
  stopWaitingAt(signal: AbortSignal): void {
    signal.addEventListener('abort', () => this.#hurry.abort(), { once: true })
  }

  /** Whether records are printed as JSON lines. */
  get json(): boolean {
    return this.#options.json
  }

  /** Prints one result, and waits while the reader is slow. Text goes through `render`. */
  async record<R extends object>(record: R, render: Render<R>): Promise<void> {
    const stream = this.#recordStream()
    await this.#write(stream, `${this.#format(record, render, stream)}\n`)
  }

  /**
   * Prints one event that cannot wait. Beyond 1 MiB of unwritten records it is dropped and counted;
   * the count is printed as `{"type":"dropped","count"}` once there is room. In text, events are
   * story, and go to stderr.
   */
  offer<R extends object>(record: R, render: Render<R>): void {
    this.#offer(record, render, this.json ? this.#recordStream() : process.stderr)
  }

  /** Prints one event of inspection on stderr, like `offer`. */
  trace<R extends object>(record: R, render: Render<R>): void {
    this.#offer(record, render, process.stderr)
  }

  #offer<R extends object>(record: R, render: Render<R>, stream: NodeJS.WriteStream): void {
    this.#queue(stream).push(`${this.#format(record, render, stream)}\n`)
  }

  #queue(stream: NodeJS.WriteStream): EventQueue {
    return stream === process.stdout ? this.#events.out : this.#events.err
  }

  #queueOf(stream: NodeJS.WriteStream): EventQueue {
    return new EventQueue(
      (line) => this.#write(stream, this.live.above(line, this.#styles.err)),
      async (count) => {
        const render = () => `${count} events dropped: the reader is too slow`
        await this.#write(stream, `${this.#format({ type: 'dropped', count }, render, stream)}\n`)
      },
    )
  }

  /** Writes bytes of a result to stdout, and waits while the reader is slow: verbatim, but safe to a terminal. */
  async bytes(chunk: Uint8Array): Promise<void> {
    const verbatim = this.#options.raw === true || !this.#styles.out.tty
    this.#midLine = chunk.at(-1) !== lineFeed
    await this.#write(process.stdout, verbatim ? chunk : sanitiseText(this.#decoder.decode(chunk, { stream: true })))
  }

  /** Ends the bytes of a result: on a terminal what comes next begins on a line of its own. */
  async endBytes(): Promise<void> {
    if (this.#midLine && this.#styles.out.tty && this.#options.raw !== true) await this.#write(process.stdout, '\n')
  }

  /** Tells people something beside the result, on stderr; silent with `--quiet`. */
  note(text: string): void {
    const { err } = this.#styles
    if (!this.#options.quiet) process.stderr.write(this.live.above(`${err.dim(sanitise(text))}\n`, err))
  }

  /** Prints a failure: a record on stdout with `--json`, else text on stderr. Not silenced by `--quiet`. */
  async failure<R extends object>(record: R, render: Render<R>): Promise<void> {
    const stream = this.json ? this.#recordStream() : process.stderr
    // what led to it comes first
    await this.#queue(stream).written
    await this.#write(stream, `${this.#format(record, render, stream)}\n`)
  }

  /**
   * Waits until everything that was printed has been handed to the operating system; a second at
   * most once the command was told to end.
   */
  async drain(): Promise<void> {
    const flushed = this.#eventsWritten.then(() =>
      Promise.all([handedOver(process.stdout), handedOver(process.stderr)]),
    )
    const ending = new Promise<void>((resolve) => {
      const wait = () => setTimeout(resolve, lastWaitMs).unref()
      if (this.#hurry.signal.aborted) wait()
      else this.#hurry.signal.addEventListener('abort', wait, { once: true })
    })
    await Promise.race([flushed, ending])
  }

  get #eventsWritten(): Promise<unknown> {
    return Promise.all([this.#events.out.written, this.#events.err.written])
  }

  #recordStream(): NodeJS.WriteStream {
    return this.#options.bytes === true ? process.stderr : process.stdout
  }

  #format<R extends object>(record: R, render: Render<R>, stream: NodeJS.WriteStream): string {
    if (this.json) return toJsonLine(record)
    return render(sanitiseRecord(record), stream === process.stdout ? this.#styles.out : this.#styles.err)
  }

  async #write(stream: NodeJS.WriteStream, chunk: string | Uint8Array): Promise<void> {
    if (stream === process.stdout && this.#gone.signal.aborted) return
    if (stream.destroyed || stream.writableEnded) return
    if (stream.write(chunk)) return
    await once(stream, 'drain', { signal: this.#unwaiting }).catch(() => {})
  }
}
