import { describeFailure } from '../errors/describe-failure.ts'
import type { ToolkitError } from '../errors/toolkit-error.ts'
import type { ErrorRecord } from '../records/failure.ts'
import type { Style } from './style.ts'

/**
 * Makes the error record of a failed command, or of one of its inputs.
 *
 * @param error - a classified error
 * @param input - which input it was: its text, and its number from 1
 * @returns the record
 */
export function errorRecord(
  error: ToolkitError,
  input?: { target?: string; input: string; index: number },
): ErrorRecord {
  return { type: 'error', ...input, error: describeFailure(error) }
}

/**
 * Renders a failure for people: what failed, each address with its own cause, the causes below,
 * and what to try.
 *
 * @param record - an error record, sanitised
 * @param style - the style of stderr
 * @returns lines of text
 */
export function renderError(record: ErrorRecord, style: Style): string {
  const { error } = record
  const where = error.layer === undefined || error.layer === error.code ? error.code : `${error.code}, ${error.layer}`
  const subject = record.input === undefined ? '' : `${record.input}: `
  const lines = [`${style.bad('error')} ${subject}${error.message} ${style.dim(`(${where})`)}`]
  const [only, ...more] = error.addresses
  if (only !== undefined && more.length === 0 && only.message === error.message) {
    lines.push(style.dim(`  on ${only.address}`))
  } else
    for (const outcome of error.addresses) {
      const mark = outcome.tried ? style.bad('✗') : style.dim('–')
      const place = outcome.tried ? (outcome.layer ?? outcome.code) : 'not tried'
      lines.push(`  ${mark} ${outcome.address}  ${place}: ${outcome.message}`)
    }
  const said = [error.message, ...error.addresses.map((outcome) => outcome.message)]
  for (const cause of error.causes) {
    if (said.some((text) => text.includes(cause.message))) continue
    lines.push(style.dim(`  cause: ${cause.code ?? cause.name}: ${cause.message}`))
  }
  for (const suggestion of error.suggestions) lines.push(`  try: ${suggestion}`)
  return lines.join('\n')
}
