import type { Libp2pInit } from 'libp2p'

/** A datastore that is open: where libp2p and its services keep what is to outlast the process. */
export interface OpenedDatastore {
  store: NonNullable<Libp2pInit['datastore']>
  /** waits for what is being written; closing twice does no harm */
  close(): Promise<void>
}
