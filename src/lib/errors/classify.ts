import { causesOf, codeOf } from './causes.ts'
import { ToolkitError } from './toolkit-error.ts'

/** System error codes that mean a fault on this side, when no network operation claimed them. */
const localCodes = new Set([
  'EACCES',
  'EPERM',
  'ENOENT',
  'EISDIR',
  'ENOTDIR',
  'EEXIST',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'ENOSPC',
  'EROFS',
])

/**
 * Gives every thrown value a place in the exit-code table. Errors are told apart by `name`, `code`
 * and cause, never by `instanceof` across packages.
 *
 * @param error - whatever was thrown
 * @returns the error itself where it is classified, a `local` error where its code says so, else a `bug`
 */
export function classify(error: unknown): ToolkitError {
  if (error instanceof ToolkitError) return error
  const wrapped = error instanceof Error && error.cause instanceof ToolkitError ? error.cause : undefined
  if (wrapped !== undefined) return wrapped
  const message = firstLine(error)
  const code = [codeOf(error), ...causesOf(error).map((link) => link.code)].find((found) => found !== undefined)
  if (code !== undefined && localCodes.has(code)) return new ToolkitError('local', message, { cause: error })
  return new ToolkitError('bug', message, {
    cause: error,
    suggestions: ['this is a fault of p2p: please report it with the command you ran'],
  })
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.split('\n', 1)[0] ?? text
}
