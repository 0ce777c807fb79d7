import type { Layer } from '../inspect/layer.ts'
import { type CauseLink, causesOf } from './causes.ts'
import { type ErrorCode, exitCodeOf } from './exit-codes.ts'
import type { AddressOutcome, ToolkitError } from './toolkit-error.ts'

/** A failure as plain data: the `error` part of error records. */
export interface FailureDescription {
  code: ErrorCode
  exitCode: number
  layer?: Layer
  message: string
  peer?: string
  addresses: AddressOutcome[]
  causes: CauseLink[]
  suggestions: string[]
}

/**
 * Describes a failure as plain data.
 *
 * @param error - a classified error
 * @returns what failed, at which layer, on which addresses, why, and what to try
 */
export function describeFailure(error: ToolkitError): FailureDescription {
  return {
    code: error.code,
    exitCode: exitCodeOf(error.code),
    ...(error.layer && { layer: error.layer }),
    message: error.message.replaceAll(/\s*\n\s*/g, ' '),
    ...(error.peer && { peer: error.peer }),
    addresses: error.addresses,
    causes: causesOf(error),
    suggestions: error.suggestions,
  }
}
