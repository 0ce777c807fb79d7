import type { Multiaddr } from '@multiformats/multiaddr'
import type { Target } from '../addresses/target.ts'
import { classify } from '../errors/classify.ts'
import { exitCodeOf } from '../errors/exit-codes.ts'
import { type AddressOutcome, ToolkitError } from '../errors/toolkit-error.ts'
import type { Layer } from '../inspect/layer.ts'

/** How far an attempt got when this layer failed. */
const reach: Record<Layer, number> = {
  address: 0,
  identity: 0,
  transport: 1,
  security: 2,
  muxer: 3,
  connection: 4,
  stream: 5,
  protocol: 6,
  routing: 6,
  pubsub: 6,
}

const errorsOf = new WeakMap<AddressOutcome, ToolkitError>()

/**
 * Describes what became of an address that was dialled, or looked up.
 *
 * @param address - the address
 * @param error - what was thrown
 * @param layer - the layer, where the error does not name one
 * @returns the outcome
 */
export function outcomeOf(address: Multiaddr, error: unknown, layer: Layer): AddressOutcome {
  const classified = classify(error)
  const outcome: AddressOutcome = {
    address: address.toString(),
    tried: layer !== 'address',
    layer: classified.layer ?? layer,
    code: classified.code,
    message: classified.message,
  }
  errorsOf.set(outcome, classified)
  return outcome
}

/**
 * Finds the address that got furthest: the one whose failing layer is the highest, an attempt before
 * an address that was not tried, the worse exit code where that is the same.
 *
 * @param outcomes - what became of each address
 * @returns one of them; undefined where there is none
 */
export function furthestOf(outcomes: AddressOutcome[]): AddressOutcome | undefined {
  return outcomes.toSorted((a, b) => rank(b) - rank(a) || exitCodeOf(b.code) - exitCodeOf(a.code))[0]
}

/**
 * Makes the error of a target that could not be reached. Its class is that of the address that got
 * furthest.
 *
 * @param target - the target
 * @param outcomes - what became of each address
 * @returns the error
 */
export function failedDial(target: Target, outcomes: AddressOutcome[]): ToolkitError {
  const furthest = furthestOf(outcomes)
  if (furthest === undefined) return new ToolkitError('unreachable', 'no address to dial', { layer: 'address' })
  const error = errorsOf.get(furthest)
  const message =
    outcomes.length === 1
      ? furthest.message
      : `none of ${outcomes.length} addresses worked; furthest: ${furthest.message}`
  return new ToolkitError(furthest.code, message, {
    layer: furthest.layer,
    ...(error?.refused && { refused: true }),
    peer: error?.peer ?? target.peer,
    addresses: outcomes,
    suggestions: error?.suggestions,
    cause: error?.cause,
  })
}

function rank(outcome: AddressOutcome): number {
  return reach[outcome.layer ?? 'address'] * 2 + (outcome.tried ? 1 : 0)
}
