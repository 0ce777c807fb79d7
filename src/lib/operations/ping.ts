import { setTimeout } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import type { Target } from '../addresses/target.ts'
import { messageOf } from '../errors/causes.ts'
import { deadlineOf, formatDuration } from '../errors/deadline.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { dialTarget } from '../node/dial.ts'
import { closeConnection, type RunningNode } from '../node/running-node.ts'
import { PingStream, PingStreamEnded, pingProtocol } from '../protocols/ping.ts'
import type { LostRecord, PingSummaryRecord, PongRecord } from '../records/ping.ts'
import type { OperationContext } from './context.ts'
import { openStream } from './open-stream.ts'
import { PingStatistics } from './ping-statistics.ts'

/** How to ping. */
export interface PingInput {
  target: Target
  /** pings to send; without end when absent */
  count?: number
  /** from one ping to the next, in milliseconds */
  intervalMs: number
  /** what one pong may take, in milliseconds */
  waitMs: number
}

/**
 * Pings a peer on one stream, reopening the stream, and the connection, when the other side ends
 * them. Ends at the count or when the signal aborts; the summary comes last in every case.
 *
 * @param node - the node that dials
 * @param input - the peer, and how to ping it
 * @param context - signal and time limit
 * @returns pongs, losses, then the summary
 * @throws ToolkitError when the peer cannot be reached at first, or does not speak ping
 */
export async function* ping(
  node: RunningNode,
  input: PingInput,
  context: OperationContext,
): AsyncGenerator<PongRecord | LostRecord | PingSummaryRecord> {
  const { signal } = context
  const pinger = new Pinger(node, input, context)
  const statistics = new PingStatistics()
  let peer = input.target.peer ?? ''
  try {
    peer = await pinger.open()
    for (let seq = 1; !signal.aborted && (input.count === undefined || seq <= input.count); seq++) {
      const due = performance.now() + (seq === input.count ? 0 : input.intervalMs)
      const sent = { at: new Date().toISOString(), peer }
      try {
        const { rttMs, connection } = await pinger.ping()
        statistics.pong(rttMs)
        const path = connection.direct ? 'direct' : 'relayed'
        yield { type: 'pong', ...sent, address: connection.remoteAddr.toString(), seq, rttMs, path }
      } catch (error) {
        // the ping that was under way when the command ended is neither answered nor lost
        if (signal.aborted) break
        statistics.lost()
        yield { type: 'lost', ...sent, seq, reason: messageOf(error) }
        // the peer does not speak ping, or broke it; hanging up is no such thing
        if (error instanceof ToolkitError && error.layer === 'protocol') break
      }
      await setTimeout(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => {})
    }
  } finally {
    await pinger.close()
  }
  yield { type: 'summary', peer, ...statistics.summary() }
}

/** The other side ended the stream, or the connection before a stream was agreed on. */
function isHangUp(error: unknown): boolean {
  return error instanceof PingStreamEnded || (error instanceof ToolkitError && error.layer === 'stream')
}

/** One connection and one ping stream, renewed when the other side ends them. */
class Pinger {
  readonly #node: RunningNode
  readonly #input: PingInput
  readonly #context: OperationContext
  #connection: Connection | undefined
  #stream: PingStream | undefined

  constructor(node: RunningNode, input: PingInput, context: OperationContext) {
    this.#node = node
    this.#input = input
    this.#context = context
  }

  async open(): Promise<string> {
    const { signal, timeoutMs } = this.#context
    using deadline = deadlineOf(signal, timeoutMs, `no answer to ${pingProtocol} within ${formatDuration(timeoutMs)}`)
    const connection = await this.#connect(timeoutMs)
    const opened = await openStream(connection, [pingProtocol], { signal: deadline.signal, timeoutMs: 0 })
    this.#stream = new PingStream(opened)
    return connection.remotePeer.toString()
  }

  async ping(): Promise<{ rttMs: number; connection: Connection }> {
    const { waitMs } = this.#input
    using deadline = deadlineOf(this.#context.signal, waitMs, `no pong within ${formatDuration(waitMs)}`)
    const answered = await this.#pingOnce(deadline.signal).catch(async (error) => {
      // the other side ends streams that are old or idle: the ping crossed its farewell
      if (!isHangUp(error)) throw error
      this.#stream = undefined
      return await this.#pingOnce(deadline.signal)
    })
    // on a busy machine a late pong and the deadline come at once, in any order
    if (waitMs > 0 && answered.rttMs > waitMs) {
      throw new ToolkitError('timeout', `no pong within ${formatDuration(waitMs)}`)
    }
    return answered
  }

  async close(): Promise<void> {
    await this.#stream?.close(AbortSignal.timeout(500))
    if (this.#connection !== undefined) await closeConnection(this.#connection)
  }

  async #pingOnce(signal: AbortSignal): Promise<{ rttMs: number; connection: Connection }> {
    const connection = await this.#connect(this.#input.waitMs, signal)
    if (this.#stream === undefined || this.#stream.ended) {
      this.#stream = new PingStream(await openStream(connection, [pingProtocol], { signal, timeoutMs: 0 }))
    }
    try {
      return { rttMs: await this.#stream.ping(signal), connection }
    } catch (error) {
      // a late pong must not be taken for the next one
      this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
      this.#stream = undefined
      throw error
    }
  }

  async #connect(timeoutMs: number, signal = this.#context.signal): Promise<Connection> {
    if (this.#connection?.status === 'open') return this.#connection
    this.#stream = undefined
    const { connection } = await dialTarget(this.#node, this.#input.target, { signal, timeoutMs })
    this.#connection = connection
    return connection
  }
}
