import type { TraceEvent } from '../../inspect/trace-event.ts'

type Detail = TraceEvent['detail']

/**
 * Reads a text of a detail, whose shape a trace file does not promise.
 *
 * @param detail - of an event
 * @param key - the text's name
 * @returns the text; undefined where it is absent, empty or something else
 */
export function textOf(detail: Detail, key: string): string | undefined {
  const value = detail[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * Reads a duration of a detail.
 *
 * @param detail - of an event
 * @returns its `elapsedMs`; 0 where it is absent or something else
 */
export function durationOf(detail: Detail): number {
  const value = detail.elapsedMs
  return typeof value === 'number' && value > 0 ? value : 0
}
