import { type PeerId, serviceCapabilities } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import { deadlineOf } from '../../errors/deadline.ts'
import { PingStream, pingProtocol } from '../../protocols/ping.ts'

/** What the ping needs of libp2p. */
export interface PingComponents {
  connectionManager: ConnectionManager
}

/** How long a contact may take, in milliseconds, where kad-dht sets no limit. */
const withinMs = 10_000

/**
 * The ping by which kad-dht tells whether a contact is still there. libp2p's own waits for ever for a pong that is too
 * long.
 */
export class ContactPing {
  /** kad-dht asks for it */
  readonly [serviceCapabilities] = ['@libp2p/ping']
  readonly #connections: ConnectionManager

  /** @param components - of libp2p */
  constructor({ connectionManager }: PingComponents) {
    this.#connections = connectionManager
  }

  /**
   * Pings a contact once.
   *
   * @param peer - who
   * @param options - `signal` ends the wait
   * @returns the round trip in milliseconds
   * @throws ToolkitError when there is no pong, and the signal's reason
   */
  async ping(peer: PeerId, options: { signal?: AbortSignal } = {}): Promise<number> {
    using deadline = deadlineOf(options.signal ?? new AbortController().signal, withinMs, 'no pong in time')
    const { signal } = deadline
    const connection = await this.#connections.openConnection(peer, { signal })
    const stream = new PingStream(await connection.newStream(pingProtocol, { signal, runOnLimitedConnection: true }))
    try {
      return await stream.ping(signal)
    } finally {
      await stream.close(signal)
    }
  }
}
