import { constants, createReadStream, fstatSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { fileFailure } from './read-bounded-file.ts'

/** A line of a file, without its line ending. */
export interface Line {
  /** from 1 */
  number: number
  bytes: Uint8Array
  /** false for what stands behind the last line ending */
  ended: boolean
}

/** Where lines are read from, and how much of it. */
interface ReadLinesOptions {
  /** read where the path is `-` */
  stdin: Readable
  /** most bytes in all */
  limit: number
  /** most bytes of a line */
  lineLimit: number
  /** ends the reading */
  signal: AbortSignal
}

/** LF; a CR before it stays in the line. */
const lineEnd = 0x0a

/**
 * Reads a file line by line, so that only one line is held at a time.
 *
 * @param path - the file, or `-` for stdin
 * @param options - stdin, bounds and signal
 * @returns the lines in order; there is no empty one behind the last line ending
 * @throws ToolkitError `local` with path and cause: missing, not permitted, a directory, too large
 */
export async function* readLines(path: string, options: ReadLinesOptions): AsyncGenerator<Line> {
  const { stdin, limit, lineLimit, signal } = options
  const name = path === '-' ? 'stdin' : path
  let length = 0
  let number = 1
  let begun: Uint8Array[] = []
  let begunLength = 0
  const complete = (bytes: Uint8Array): Line => {
    const line = { number: number++, bytes: begun.length === 0 ? bytes : Buffer.concat([...begun, bytes]), ended: true }
    begun = []
    begunLength = 0
    return line
  }
  for await (const chunk of chunksOf(path, stdin, signal)) {
    length += chunk.length
    if (length > limit) throw tooLarge(name, limit)
    let from = 0
    for (let at = chunk.indexOf(lineEnd); at !== -1; at = chunk.indexOf(lineEnd, from)) {
      if (begunLength + at - from > lineLimit) throw tooLarge(`line ${number} of ${name}`, lineLimit)
      yield complete(chunk.subarray(from, at))
      from = at + 1
    }
    begunLength += chunk.length - from
    if (begunLength > lineLimit) throw tooLarge(`line ${number} of ${name}`, lineLimit)
    if (from < chunk.length) begun.push(chunk.subarray(from))
  }
  if (begunLength > 0) yield { ...complete(new Uint8Array(0)), ended: false }
}

async function* chunksOf(path: string, stdin: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* addAbortSignal(signal, path === '-' ? stdin : openForReading(path))
  } catch (error) {
    signal.throwIfAborted()
    throw new ToolkitError('local', `cannot read ${path === '-' ? 'stdin' : path}: ${fileFailure(error)}`, {
      cause: error,
    })
  }
  signal.throwIfAborted()
}

/** A FIFO that nobody writes to would block a thread, which then blocks the end of the process. */
function openForReading(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return fstatSync(fd).isFIFO() ? new Socket({ fd, readable: true, writable: false }) : createReadStream('', { fd })
}

function tooLarge(what: string, limit: number): ToolkitError {
  return new ToolkitError('local', `cannot read ${what}: it is larger than ${limit} bytes`)
}
