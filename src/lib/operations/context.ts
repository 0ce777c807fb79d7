import type { RoutingObserved } from '../inspect/event.ts'

/** What every operation takes last. */
export interface OperationContext {
  /** ends the operation; its reason is the error to end with */
  signal: AbortSignal
  /** bounds reaching a peer and getting one answer, in milliseconds; 0 is no limit */
  timeoutMs: number
  /** told what queries to a DHT do, beside who inspects the node */
  onRouting?: (observed: RoutingObserved) => void
}
