import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Finds a trace of test/fixtures/traces.
 *
 * @param name - without its ending
 * @returns its path
 */
export function fixtureTrace(name: string): string {
  return fileURLToPath(new URL(`../fixtures/traces/${name}.ndjson`, import.meta.url))
}

/** The lines of a trace of test/fixtures/traces, without their endings. */
export function linesOf(name: string): string[] {
  return readFileSync(fixtureTrace(name), 'utf8').trimEnd().split('\n')
}
