/** What every operation takes last. */
export interface OperationContext {
  /** ends the operation; its reason is the error to end with */
  signal: AbortSignal
  /** bounds reaching a peer and getting one answer, in milliseconds; 0 is no limit */
  timeoutMs: number
}
