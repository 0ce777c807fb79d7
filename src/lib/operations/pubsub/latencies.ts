import type { RunningNode } from '../../node/running-node.ts'
import { PingStream, pingProtocol } from '../../protocols/ping.ts'
import { openStream } from '../open-stream.ts'

/** From one ping of a peer to the next, in milliseconds. */
const everyMs = 10_000
/** How long a peer may take to answer, in milliseconds. */
const withinMs = 5000

interface Measured {
  at: number
  latencyMs?: number
}

/** Pings peers now and then, in the background. */
export class Latencies implements AsyncDisposable {
  readonly #node: RunningNode
  readonly #measured = new Map<string, Measured>()
  readonly #end = new AbortController()
  readonly #signal: AbortSignal

  /**
   * @param node - the node that pings
   * @param signal - ends it
   */
  constructor(node: RunningNode, signal: AbortSignal) {
    this.#node = node
    this.#signal = AbortSignal.any([signal, this.#end.signal])
  }

  /** Pings those whose last ping was long ago, and forgets all others than these. */
  measure(peers: string[]): void {
    const kept = new Set(peers)
    for (const peer of this.#measured.keys()) if (!kept.has(peer)) this.#measured.delete(peer)
    const now = performance.now()
    for (const peer of peers) {
      const last = this.#measured.get(peer)
      if (last !== undefined && now - last.at < everyMs) continue
      const next = { ...last, at: now }
      this.#measured.set(peer, next)
      this.#ping(peer, next).catch(() => {})
    }
  }

  /** The last round trip of a peer, in milliseconds; undefined as long as there was none. */
  of(peer: string): number | undefined {
    return this.#measured.get(peer)?.latencyMs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
  }

  async #ping(peer: string, measured: Measured): Promise<void> {
    const [connection] = this.#node.libp2p.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peer)
    if (connection === undefined) return
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(withinMs)])
    const ping = new PingStream(await openStream(connection, [pingProtocol], { signal, timeoutMs: 0 }))
    try {
      measured.latencyMs = await ping.ping(signal)
    } finally {
      await ping.close(signal)
    }
  }
}
