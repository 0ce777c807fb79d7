import { setMaxListeners } from 'node:events'
import { ToolkitError } from './toolkit-error.ts'

/** A signal that a timer or a parent ends; dispose it once the wait is over. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Bounds a wait: the signal aborts when its parent does, with the parent's reason, or after `ms`,
 * with a `timeout` error.
 *
 * @param parent - the command's own signal
 * @param ms - milliseconds; 0 is no limit
 * @param message - what the timeout error says; it should name what was waited for
 * @returns the deadline; use it with `using`
 */
export function deadlineOf(parent: AbortSignal, ms: number, message: string): Deadline {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  const onParent = () => controller.abort(parent.reason)
  const timer = ms > 0 ? setTimeout(() => controller.abort(new ToolkitError('timeout', message)), ms) : undefined
  if (parent.aborted) onParent()
  else parent.addEventListener('abort', onParent, { once: true })

  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      parent.removeEventListener('abort', onParent)
    },
  }
}

/**
 * Waits for a promise that takes no signal of its own, at most until the signal aborts.
 *
 * @param promise - what to wait for; when the wait ends early its outcome is ignored
 * @param signal - ends the wait
 * @returns the promise's value
 * @throws the signal's reason when it aborts first
 */
export async function until<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => {})
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Renders a duration for messages.
 *
 * @param ms - milliseconds
 * @returns `500 ms` or `30 s`
 */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
}
