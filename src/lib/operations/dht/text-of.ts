/**
 * The text of a value, for its record.
 *
 * @param value - any bytes
 * @returns the text where they are valid UTF-8, else nothing
 */
export function textOf(value: Uint8Array): { text?: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value) }
  } catch {
    return {}
  }
}
