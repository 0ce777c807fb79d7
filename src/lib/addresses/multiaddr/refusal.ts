import { ToolkitError } from '../../errors/toolkit-error.ts'

/** Longest piece of the input that a message repeats, in code points; addresses of 1 MB are refused in one line. */
const longestQuote = 64

/**
 * Refuses an address.
 *
 * @param reason - one line: what is wrong
 * @throws ToolkitError `usage`, layer `address`, always
 */
export function refuse(reason: string): never {
  throw new ToolkitError('usage', reason, { layer: 'address' })
}

/**
 * A piece of the input, fit for a one-line message: abbreviated, and without the characters that could break the
 * line or hide in it.
 *
 * @param text - anything that was given
 * @returns at most 65 code points
 */
export function quote(text: string): string {
  // twice the limit in UTF-16 units always holds enough code points, and spares spreading a megabyte
  const points = Array.from(text.slice(0, 2 * longestQuote))
  const kept = points.length > longestQuote ? `${points.slice(0, longestQuote).join('')}…` : points.join('')
  return kept.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd')
}

/**
 * Runs a step on one component, and puts the component's name in front of its refusal.
 *
 * @param name - what the message starts with; called only on a refusal
 * @param step - the work; what it returns is returned
 * @throws ToolkitError `usage`, layer `address`, when the step refuses; whatever else it throws, unchanged
 */
export function naming<T>(name: () => string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof ToolkitError) refuse(`${name()}: ${error.message}`)
    throw error
  }
}
