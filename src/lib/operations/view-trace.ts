import type { Readable } from 'node:stream'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { type Line, readLines } from '../files/read-lines.ts'
import type { TraceRowRecord } from '../records/trace.ts'
import { parseTraceEvent } from './trace/parse-event.ts'
import { TraceRows } from './trace/rows.ts'

const MiB = 1024 * 1024
/** Traces beyond these are refused: hours of every frame of a busy node. */
const largestTrace = 256 * MiB
const mostEvents = 1_000_000
/** Each row is kept until the end. */
const mostRows = 100_000
/** Far above the longest message that is kept in an event. */
const longestLine = 4 * MiB
/** What a browser still loads at once. */
const mostKept = { events: 100_000, bytes: 64 * MiB }

const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder()

/** Where a trace comes from. */
interface TraceInput {
  /** the file, or `-` */
  file: string
  /** read where the file is `-` */
  stdin: Readable
  /** keep the events themselves beside the rows */
  keepEvents: boolean
}

/** What a trace says. */
interface ViewedTrace {
  /** its file, or `stdin` */
  name: string
  rows: TraceRowRecord[]
  /** how many events the trace has */
  count: number
  /** the events' own JSON, where they were asked for; of a large trace those at its start */
  events: string[]
  /** for people, one line each */
  notes: string[]
}

/**
 * Reads a trace as `--inspect-file` writes it, and lays it out in rows: connections and streams with
 * the phases that they went through.
 *
 * @param input - where the trace comes from
 * @param context - `signal` ends the reading
 * @returns rows and notes
 * @throws ToolkitError `local` with the number of the line that is no event, or with why it cannot be read
 */
export async function viewTrace(input: TraceInput, { signal }: { signal: AbortSignal }): Promise<ViewedTrace> {
  const name = input.file === '-' ? 'stdin' : input.file
  const rows = new TraceRows()
  const events: string[] = []
  const notes: string[] = []
  let count = 0
  let keptBytes = 0
  for await (const line of readLines(input.file, {
    stdin: input.stdin,
    limit: largestTrace,
    lineLimit: longestLine,
    signal,
  })) {
    const text = decode(line, name)
    if (text.trim() === '') continue
    if (isCutOff(line, text)) {
      notes.push(`line ${line.number} of ${name} was cut off: whoever wrote it was stopped`)
      break
    }
    rows.add(parse(line, text, name))
    if (++count > mostEvents) throw tooMany(name, mostEvents, 'events')
    if (rows.count > mostRows) throw tooMany(name, mostRows, 'connections and streams')
    if (!input.keepEvents || events.length >= mostKept.events || keptBytes >= mostKept.bytes) continue
    events.push(text)
    keptBytes += line.bytes.length
  }
  if (count === 0) notes.push(`${name} holds no event`)
  if (input.keepEvents && events.length < count) {
    notes.push(`only the first ${events.length} of ${count} events are kept with the rows`)
  }
  return { name, rows: rows.finish(), count, events, notes }
}

function decode({ bytes, number, ended }: Line, name: string): string {
  try {
    // the last line may be cut off within a character
    return (ended ? strict : lenient).decode(bytes)
  } catch {
    throw noEvent(name, number, 'not UTF-8')
  }
}

function isCutOff({ ended }: Line, text: string): boolean {
  if (ended || !text.startsWith('{')) return false
  try {
    JSON.parse(text)
    return false
  } catch {
    return true
  }
}

function parse({ number }: Line, text: string, name: string) {
  try {
    return parseTraceEvent(text)
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error
    throw noEvent(name, number, error.message)
  }
}

function noEvent(name: string, line: number, reason: string): ToolkitError {
  return new ToolkitError('local', `${name}, line ${line}: ${reason}`, {
    suggestions: ['traces are written by --inspect-file, one event a line'],
  })
}

function tooMany(name: string, most: number, things: string): ToolkitError {
  return new ToolkitError('local', `cannot read ${name}: it has more than ${most} ${things}`, {
    suggestions: [`view a part of it, such as head -n ${most}`],
  })
}
