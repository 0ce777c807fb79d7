import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects garbage, and says what is left.
 *
 * @param references - to objects that the test itself does not hold any more
 * @returns how many of them something still holds
 */
export async function heldOf(references: Array<WeakRef<object>>): Promise<number> {
  // what was made or read in this turn is held until its end
  await setImmediate()
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('no garbage collector to call')
  collect()
  return references.filter((reference) => reference.deref() !== undefined).length
}
