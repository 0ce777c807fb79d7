import type { Connection, Stream } from '@libp2p/interface'
import { groupTargets, type Target } from '../addresses/target.ts'
import { classify } from '../errors/classify.ts'
import { deadlineOf, until } from '../errors/deadline.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { type Dialed, dialTarget } from '../node/dial.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import type { OperationContext } from './context.ts'
import { openStream } from './open-stream.ts'
import type { ScanPace } from './scan-pace.ts'

/** Negotiations in a row without an answer, after which none is expected any more. */
const mostSilences = 3
/** Negotiations in a row that cost the connection, and connections in all, before a scan gives up. */
const mostLossesInARow = 5
const mostConnections = 25

/** After a reset stream, how long the end of its connection may take to be seen, in milliseconds. */
const graceMs = 100

/** What came of asking for a protocol: a stream, or a failure. */
export type Answer = { stream: Stream; elapsedMs: number } | { stream?: undefined; failure: unknown; elapsedMs: number }

/** One connection to a scanned peer, renewed when the peer ends it, within bounds. */
export class ScanSession {
  readonly #node: RunningNode
  #target: Target
  readonly #pace: ScanPace
  readonly #context: OperationContext
  #connection: Connection | undefined
  #connections = 0
  #silences = 0
  #losses = 0

  constructor(node: RunningNode, target: Target, pace: ScanPace, context: OperationContext) {
    this.#node = node
    this.#target = target
    this.#pace = pace
    this.#context = context
  }

  /** The peer; once it was reached, with the ID that it has proved. */
  get target(): Target {
    return this.#target
  }

  /**
   * Connects to the peer. Who answers first is the one that is scanned: an address may lead to several.
   *
   * @returns the connection, its address and how long it took
   * @throws ToolkitError when no address works
   */
  async dial(): Promise<Dialed> {
    const known = this.#connection === undefined ? [] : [this.#connection.remoteAddr]
    const addresses = [...this.#target.addresses, ...known]
    using _place = await this.#pace.dial(addresses, this.#context.signal)
    const dialed = await dialTarget(this.#node, this.#target, this.#context)
    this.#pace.dialed(dialed.address, addresses)
    this.#connection = dialed.connection
    const [same = this.#target] = groupTargets(
      this.#target.addresses.map(String),
      dialed.connection.remotePeer.toString(),
    )
    this.#target = same
    this.#connections++
    return dialed
  }

  /**
   * Gives the connection, a new one where the peer has ended the last, once the next stream may be opened.
   *
   * @returns an open connection
   * @throws ToolkitError when the peer cannot be reached again, answers nothing, or keeps hanging up
   */
  async connection(): Promise<Connection> {
    if (this.#silences >= mostSilences) {
      throw new ToolkitError('timeout', `given up: ${mostSilences} negotiations in a row were not answered`, {
        layer: 'stream',
      })
    }
    if (this.#connection?.status === 'open') return await this.#forStream(this.#connection)
    if (this.#losses >= mostLossesInARow || this.#connections >= mostConnections) {
      const times = this.#losses >= mostLossesInARow ? `${this.#losses} times in a row` : `${this.#connections} times`
      throw new ToolkitError('protocol', `given up: the peer hung up ${times}`, { layer: 'connection' })
    }
    return await this.#forStream((await this.dial()).connection)
  }

  /**
   * Asks for a protocol, once more on a new connection where the peer hangs up meanwhile.
   *
   * @param protocol - the protocol to agree on
   * @returns a stream of it, or why there is none
   * @throws ToolkitError when there is no connection to ask on any more, and the signal's reason
   */
  async ask(protocol: string): Promise<Answer> {
    const { signal } = this.#context
    for (let isLast = false; ; isLast = true) {
      const connection = await this.connection()
      const started = performance.now()
      try {
        const stream = await openStream(connection, [protocol], this.#context)
        this.#silences = 0
        this.#losses = 0
        return { stream, elapsedMs: performance.now() - started }
      } catch (error) {
        const elapsedMs = performance.now() - started
        const { code, layer, cause } = classify(error)
        const lost = layer === 'stream' && code !== 'timeout' && (await this.#isLost(connection, cause))
        signal.throwIfAborted()
        if (lost && !isLast) continue
        const silent = code === 'timeout'
        this.#losses = lost ? this.#losses + 1 : 0
        this.#silences = silent ? this.#silences + 1 : 0
        return { failure: error, elapsedMs }
      }
    }
  }

  /** Whether a connection has ended: streams are told before it is. One whose muxer has ended is of no use. */
  async #isLost(connection: Connection, cause: unknown): Promise<boolean> {
    using deadline = deadlineOf(this.#context.signal, graceMs, 'the connection is still open')
    const closed = new Promise<void>((resolve) => {
      connection.addEventListener('close', () => resolve(), { once: true })
    })
    if (connection.status === 'open') await until(closed, deadline.signal).catch(() => {})
    if (cause instanceof Error && cause.name === 'ConnectionClosedError') connection.abort(cause)
    return connection.status !== 'open'
  }

  async #forStream(connection: Connection): Promise<Connection> {
    await this.#pace.stream(connection, this.#context.signal)
    return connection
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    if (this.#connection !== undefined) await closeConnection(this.#connection)
  }
}
