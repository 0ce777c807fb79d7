/**
 * Code points that change what a terminal shows without being seen: controls, formats (bidi marks,
 * zero width), lone surrogates, line and paragraph separators.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** JSON in which some string may be unsafe: JSON has escaped controls and lone surrogates by then. */
const suspicious = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\\[bfnrtu]/u

/** JSON in which some number may be finer than a microsecond; a string that looks so costs nothing but time. */
const tooFine = /\d\.\d{4}/

/**
 * Makes text that came from a remote safe to print: each unsafe code point becomes its visible
 * escape, `\u{1b}` for ESC.
 *
 * @param text - any string
 * @returns the same text on one line, free of control, format and surrogate code points
 */
export function sanitise(text: string): string {
  return text.replace(unsafe, (unit) => `\\u{${unit.codePointAt(0)?.toString(16) ?? ''}}`)
}

/**
 * Makes text of several lines safe to print: line ends and tabs stay, everything else is as for
 * `sanitise`.
 *
 * @param text - any string
 * @returns the same text with its lines
 */
export function sanitiseText(text: string): string {
  return text.replace(/[^\n\t]+/gu, sanitise)
}

/**
 * Serialises a record as one line of JSON with every string sanitised, and fractions (of milliseconds, of percents)
 * rounded to three digits. Keys without a value are left out.
 *
 * @param record - a plain-data record
 * @returns compact JSON, without a line ending
 */
export function toJsonLine(record: object): string {
  const line = JSON.stringify(record)
  if (!suspicious.test(line) && !tooFine.test(line)) return line
  return JSON.stringify(record, (_key, value: unknown) => {
    if (typeof value === 'string') return sanitise(value)
    return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
  })
}

/**
 * Sanitises every string of a record.
 *
 * @param record - a plain-data record
 * @returns the record itself where it is safe to render, else a copy that is
 */
export function sanitiseRecord<R extends object>(record: R): R {
  return suspicious.test(JSON.stringify(record)) ? JSON.parse(toJsonLine(record)) : record
}
