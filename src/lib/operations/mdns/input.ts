import type { Inspector } from '../../inspect/inspector.ts'

/** What everything takes that speaks mDNS. */
export interface MdnsInput {
  /** name of the service; libp2p's when absent */
  service?: string | undefined
  inspector: Inspector | undefined
  /** told what is worth knowing beside the result */
  onNote: (note: string) => void
}
