import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { codeOf, messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** Bytes that are collected before they are written. */
const batchBytes = 64 * 1024
/** Nothing waits longer to be seen by whoever follows the file, in milliseconds. */
const flushMs = 100
/** Bytes that wait for a slow reader of a pipe; lines beyond are dropped and counted. */
const maxWaitingBytes = 1024 * 1024

/**
 * A file, or a pipe, that a trace is written to. It is written from within the network's own calls, so that nothing
 * here waits or throws: what goes wrong is told at the end.
 */
export class TraceFile {
  readonly #path: string
  readonly #file: number
  readonly #onExit = () => this.#flush()
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #failure: unknown
  #dropped = 0

  /**
   * @param path - where to
   * @throws ToolkitError `local` when it cannot be written
   */
  constructor(path: string) {
    this.#path = path
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants
    try {
      // a pipe that nobody reads must not hold the command up
      this.#file = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o600)
    } catch (error) {
      throw this.#cannotWrite(error)
    }
    process.on('exit', this.#onExit)
  }

  /** Adds a line. */
  add(line: string): void {
    if (this.#failure !== undefined) return
    if (this.#waitingBytes > maxWaitingBytes) {
      this.#dropped++
      return
    }
    const bytes = Buffer.from(`${line}\n`)
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= batchBytes) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), flushMs).unref()
  }

  /**
   * Writes what is left, and closes the file.
   *
   * @returns what went wrong, if anything did
   */
  close(): ToolkitError | undefined {
    this.#flush()
    process.off('exit', this.#onExit)
    closeSync(this.#file)
    if (this.#failure !== undefined) return this.#cannotWrite(this.#failure)
    if (this.#waitingBytes > 0) this.#dropped++
    if (this.#dropped === 0) return undefined
    return new ToolkitError('local', `the trace in ${this.#path} is not whole: its reader is too slow`)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#failure !== undefined || this.#waitingBytes === 0) return
    let rest: Buffer = Buffer.concat(this.#waiting)
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#file, rest))
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') this.#failure = error
    }
    this.#waiting = rest.length > 0 ? [rest] : []
    this.#waitingBytes = rest.length
  }

  #cannotWrite(cause: unknown): ToolkitError {
    return new ToolkitError('local', `cannot write the trace to ${this.#path}: ${messageOf(cause)}`, { cause })
  }
}
