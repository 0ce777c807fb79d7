import { Flags } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'

const unitMs = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
/** setTimeout overflows beyond 2^31-1 ms and fires at once. */
const maxMs = 2 ** 31 - 1

/**
 * Parses a duration: `500ms`, `5s`, `2m`, `1h`; a bare number is seconds.
 *
 * @param text - what the user wrote
 * @param mostMs - the longest that is possible; that of a timer when absent
 * @returns milliseconds, 0 to `mostMs`
 * @throws ToolkitError `usage`
 */
export function parseDuration(text: string, mostMs: number = maxMs): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(text.trim())
  const unit = match?.[2]
  if (match === null || (unit !== '' && unit !== 'ms' && unit !== 's' && unit !== 'm' && unit !== 'h')) {
    throw new ToolkitError('usage', `not a duration: ${JSON.stringify(text.slice(0, 64))}`, {
      suggestions: ['write 500ms, 5s, 2m or 24h; a bare number is seconds'],
    })
  }
  const ms = Number(match[1]) * unitMs[unit]
  if (ms > mostMs) {
    const days = Math.floor(mostMs / (24 * unitMs.h))
    throw new ToolkitError('usage', `a duration of at most ${days} days is possible: ${text.slice(0, 64)}`)
  }
  return ms
}

/** A flag whose value is a duration in milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async (text) => parseDuration(text),
})

/** A flag whose value is a positive whole number, `most` at most. */
export const countFlag = Flags.custom<number, { most?: number }>({
  helpValue: 'N',
  parse: async (text, _context, { most = Number.MAX_SAFE_INTEGER }) => {
    const count = Number(text)
    if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
      throw new ToolkitError('usage', `not a positive whole number: ${JSON.stringify(text.slice(0, 64))}`)
    }
    if (count > most) throw new ToolkitError('usage', `at most ${most} are possible: ${text}`)
    return count
  },
})
