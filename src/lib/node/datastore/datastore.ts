import type { Datastore } from 'interface-datastore'
import type { ToolkitError } from '../../errors/toolkit-error.ts'

/** What reads and writes one kind of datastore. */
export interface Backend {
  store: Datastore
  /** says what is wrong with the datastore, and what to try */
  explain(error: unknown): ToolkitError
  close(): Promise<void>
}

/** A datastore that is open: where libp2p and its services keep what is to outlast the process. */
export interface OpenedDatastore {
  store: Datastore
  /** waits for what is being written, two seconds at most; closing twice does no harm */
  close(): Promise<void>
}
