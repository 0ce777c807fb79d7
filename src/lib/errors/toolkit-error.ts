import type { Layer } from '../inspect/layer.ts'
import type { ErrorCode } from './exit-codes.ts'

/** What became of one address of a target: tried with its own cause, or not tried with the reason. */
export interface AddressOutcome {
  address: string
  tried: boolean
  layer?: Layer
  code: ErrorCode
  message: string
}

/** What a failure carries beside its name and its one-line message. */
export interface FailureContext {
  /** the layer that failed */
  layer?: Layer
  /** the other side answered a negotiation of that layer by no, and neither broke it off nor said nothing */
  refused?: boolean
  /** the other side's peer ID, where one is known */
  peer?: string
  /** every address of the target, when reaching a peer failed */
  addresses?: AddressOutcome[]
  /** what the user can try next, one imperative line each */
  suggestions?: string[]
  /** what was thrown below; kept whole */
  cause?: unknown
}

/**
 * The one error class: a failure that has been classified. Whatever else reaches the top of a
 * command is a bug (exit 70).
 */
export class ToolkitError extends Error {
  override name = 'ToolkitError'
  readonly code: ErrorCode
  readonly layer: Layer | undefined
  readonly refused: boolean
  readonly peer: string | undefined
  readonly addresses: AddressOutcome[]
  readonly suggestions: string[]

  /**
   * @param code - the failure's name in the exit-code table
   * @param message - one line for people: what failed, on what, and why
   * @param context - layer, refusal, peer, addresses, suggestions and cause
   */
  constructor(code: ErrorCode, message: string, context: FailureContext = {}) {
    super(message, { cause: context.cause })
    this.code = code
    this.layer = context.layer
    this.refused = context.refused ?? false
    this.peer = context.peer
    this.addresses = context.addresses ?? []
    this.suggestions = context.suggestions ?? []
  }
}
