import { messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** Lines of oclif's messages that say nothing: its own hint, and the head of a list. */
const noise = /^(?:See more help with --help|The following errors? occurred:|Note: .*|Alternatively, you can use .*)$/

/**
 * Makes an error in one line of whatever oclif's parser throws. It adds lines of its own to the
 * errors of flags that parse themselves.
 *
 * @param error - what was thrown while argv was parsed
 * @returns a `usage` error, or the class that a flag's own parser has chosen
 */
export function usageError(error: unknown): ToolkitError {
  const lines = messageOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !noise.test(line))
  const message = lines.join(' ').replace(/^Parsing (--?\S+) /, '$1: ')
  if (!(error instanceof ToolkitError)) {
    return new ToolkitError('usage', message, { suggestions: ['--help shows the flags and arguments'] })
  }
  const { code, layer, suggestions, cause } = error
  return new ToolkitError(code, message, { ...(layer && { layer }), suggestions, cause })
}
