import type { Interfaces } from '@oclif/core'
import { messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** Lines of oclif's messages that say nothing: its own hint, and the head of a list. */
const noise = /^(?:See more help with --help|The following errors? occurred:|Note: .*|Alternatively, you can use .*)$/

/** What was typed, and the flags that there are. */
interface Typed {
  argv: string[]
  flags: Interfaces.FlagInput
}

/**
 * Makes an error in one line of whatever oclif's parser throws. It adds lines of its own to the
 * errors of flags that parse themselves.
 *
 * @param error - what was thrown while argv was parsed
 * @param typed - tells a flag's value that came from an environment variable
 * @returns a `usage` error, or the class that a flag's own parser has chosen
 */
export function usageError(error: unknown, typed: Typed = { argv: [], flags: {} }): ToolkitError {
  const lines = messageOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !noise.test(line))
  // oclif shows the value of a flag even where it is not text
  const message = lines
    .join(' ')
    .replaceAll(/(--[\w-]+)=.*? (cannot also be provided)/g, '$1 $2')
    .replace(/^Parsing --(\S+) /, (_, name: string) => `${sourceOf(name, typed)}: `)
  if (!(error instanceof ToolkitError)) {
    return new ToolkitError('usage', message, { suggestions: ['--help shows the flags and arguments'] })
  }
  const { code, layer, suggestions, cause } = error
  return new ToolkitError(code, message, { ...(layer && { layer }), suggestions, cause })
}

/** Where a flag's value came from: the environment speaks for a flag that was not typed. */
function sourceOf(name: string, { argv, flags }: Typed): string {
  const { char, env } = flags[name] ?? {}
  const typed = argv.some((word) => word.startsWith(`--${name}`) || (char && word.startsWith(`-${char}`)))
  return env === undefined || typed ? `--${name}` : env
}
