/** Longest text that is shown whole. */
const longest = 80

/**
 * Quotes what somebody wrote, for the message that refuses it.
 *
 * @param text - any text
 * @returns its beginning, between quotation marks and with escapes
 */
export function quoted(text: string): string {
  return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…` : text)
}
