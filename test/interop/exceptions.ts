import type { Place } from './place.ts'

/** A cell that cannot pass, for a reason that is not ours. */
export interface Exception {
  outcome: 'unsupported' | 'upstream'
  /** what the failure has to say, so that another one is not taken for it */
  failure: RegExp
  /** one line for the table */
  reason: string
}

const exceptions: Array<Exception & { matches: (place: Place) => boolean }> = []

/**
 * Finds the exception that a cell is.
 *
 * @param place - the cell
 * @returns the first that matches, or undefined for a cell that has to pass
 */
export function exceptionOf(place: Place): Exception | undefined {
  return exceptions.find(({ matches }) => matches(place))
}
