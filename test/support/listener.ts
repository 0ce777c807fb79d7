import { type Running, type RunOptions, start } from './cli.ts'
import type { AnyRecord, RecordOf } from './records.ts'

/** A `p2p listen --json` that is running. */
export interface Listener {
  running: Running
  peerId: string
  /** full addresses, with /p2p/ID */
  addresses: string[]
  tcp: string
  ws: string
  quic: string
  /** records so far */
  readonly records: AnyRecord[]
  /** waits for a record of this type, for which `match` holds */
  waitFor<T extends AnyRecord['type']>(type: T, match?: (record: RecordOf<T>) => boolean): Promise<RecordOf<T>>
  /** ends it by SIGINT, and waits */
  stop(): Promise<Awaited<Running['exited']>>
}

/**
 * Starts `p2p listen --json …`, and waits until its addresses are bound. It ends with the test.
 *
 * @param args - further arguments
 * @param options - environment and input
 * @returns the listener; `tcp`, `ws` and `quic` are empty where it does not listen so
 */
export async function startListener(args: string[] = [], options: RunOptions = {}): Promise<Listener> {
  const running = start(['listen', '--json', ...args], options)
  const { peerId, addresses } = await running.record('listening')
  const find = (pattern: RegExp) => addresses.find((address) => pattern.test(address)) ?? ''
  return {
    running,
    peerId,
    addresses,
    tcp: find(/\/tcp\/\d+\/p2p\//),
    ws: find(/\/tcp\/\d+\/(?:ws|wss|tls\/ws)\/p2p\//),
    quic: find(/\/quic-v1\/p2p\//),
    get records() {
      return running.records
    },
    waitFor: (type, match) => running.record(type, match),
    stop: () => running.stop('SIGINT'),
  }
}
