import { once } from 'node:events'

/** What was published comes within a second; machines have other work. */
const withinMs = 20_000

/**
 * Waits for what was sent already.
 *
 * @param arrival - settles when it has come
 * @param soFar - what to say when it has not
 * @returns what `arrival` gives
 * @throws Error what `arrival` throws, or what has come so far
 */
export async function inTime<T>(arrival: Promise<T>, soFar: () => string): Promise<T> {
  const late = once(AbortSignal.timeout(withinMs), 'abort').then(() => {
    throw new Error(soFar())
  })
  return await Promise.race([arrival, late])
}
