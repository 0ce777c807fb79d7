import { styleText } from 'node:util'
import type { Outcome } from './process.ts'

/** One thing that is checked. */
export interface Step {
  name: string
  /** says what is wrong, or nothing */
  check: () => Promise<string | undefined>
  /** how to mend it */
  mend?: string
}

/**
 * Does every step, one after the other, prints each with its time, and goes on after a failure. The
 * process will exit 1 when there was one.
 *
 * @param steps - in order
 * @param first - a step without which the others say nothing
 */
export async function runSteps(steps: Step[], first?: Step): Promise<void> {
  let passed = 0
  let failed = 0
  for (const step of steps) {
    const started = performance.now()
    const wrong = await step.check().catch(describe)
    const time = styleText('dim', `${((performance.now() - started) / 1000).toFixed(1)} s`)
    if (wrong === undefined) {
      passed++
      console.log(`${styleText('green', '✓')} ${step.name} ${time}`)
      continue
    }
    failed++
    console.log(`${styleText('red', '✗')} ${step.name} ${time}\n${indent(wrong)}`)
    if (step.mend !== undefined) console.log(`  ${styleText('yellow', 'to mend it:')} ${step.mend}`)
    if (step === first) break
  }
  const left = steps.length - passed - failed
  console.log(`${passed} passed, ${failed} failed${left > 0 ? `, ${left} not reached` : ''}`)
  if (failed > 0) process.exitCode = 1
}

/**
 * Turns what a program came to into what is wrong.
 *
 * @param outcome - of a program that should exit 0
 * @returns its output when it did not
 */
export function failureOf({ code, output }: Outcome): string | undefined {
  return code === 0 ? undefined : `${output.trim()}\n(exit ${code})`.trim()
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ')
}
