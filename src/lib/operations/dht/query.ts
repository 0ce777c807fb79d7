import type { Connection } from '@libp2p/interface'
import { classify } from '../../errors/classify.ts'
import { type Deadline, deadlineOf, formatDuration } from '../../errors/deadline.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { RoutingObserved } from '../../inspect/event.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { KadRequest } from '../../protocols/kad/encode.ts'
import type { KadMessage } from '../../protocols/kad/message.ts'
import { askKad } from '../../protocols/kad/rpc.ts'
import type { OperationContext } from '../context.ts'
import { openStream } from '../open-stream.ts'
import { Connections } from './connections.ts'
import type { DhtInput } from './input.ts'
import { cplOf, type KnownPeer, nameOf } from './known-peer.ts'
import { QueryStatistics } from './query-statistics.ts'

/** How long one peer may keep a lookup waiting: its dial and its answer, in milliseconds. */
const perPeerMs = 5000

/** An answer, and how it came. */
export interface Reply {
  message: KadMessage
  /** from the request to the answer, without the way there */
  rttMs: number
  connection: Connection
}

/** One question to the DHT, until its deadline: requests to peers, counted and shown. Dispose it at its end. */
export class Query implements AsyncDisposable {
  readonly node: RunningNode
  readonly input: DhtInput
  readonly statistics = new QueryStatistics()
  /** of the whole query, in milliseconds; 0 is no limit */
  readonly timeoutMs: number
  readonly #onRouting: OperationContext['onRouting']
  readonly #deadline: Deadline
  readonly #connections: Connections

  /**
   * @param node - the node that asks
   * @param input - whom
   * @param context - signal, and the time limit of the whole query
   */
  constructor(node: RunningNode, input: DhtInput, { signal, timeoutMs, onRouting }: OperationContext) {
    this.node = node
    this.input = input
    this.timeoutMs = timeoutMs
    this.#onRouting = onRouting
    this.#deadline = deadlineOf(signal, timeoutMs, `not within ${formatDuration(timeoutMs)}`)
    this.#connections = new Connections(node)
  }

  /** Aborts at the deadline, and when the command ends. */
  get signal(): AbortSignal {
    return this.#deadline.signal
  }

  /**
   * Asks one peer.
   *
   * @param peer - whom; its ID is set once it has proved one
   * @param requests - sent on one stream; the answer is that to the last
   * @param signal - ends the request; what ends so is no failure of the peer's
   * @returns the answer
   * @throws ToolkitError that says why there is none
   */
  async ask(
    peer: KnownPeer,
    requests: [KadRequest, ...KadRequest[]],
    signal: AbortSignal = this.signal,
  ): Promise<Reply> {
    const request = requests[0].type
    const asked = nameOf(peer)
    const cpl = cplOf(peer)
    const place = { ...(cpl !== undefined && { cpl }), hops: peer.hops, ...(peer.by !== undefined && { by: peer.by }) }
    this.observe({ layer: 'routing', type: 'asked', detail: { peer: asked, request, ...place } })
    this.statistics.asked(peer)
    const started = performance.now()
    const patienceMs = this.input.from === undefined ? perPeerMs : 0
    using deadline = deadlineOf(signal, patienceMs, `no answer within ${formatDuration(patienceMs)}`)
    try {
      const reply = await this.#exchange(peer, requests, deadline.signal)
      const { message: answer, rttMs } = reply
      this.statistics.succeeded(peer, asked)
      const counts = { closer: answer.closer.length, providers: answer.providers.length }
      const value = answer.record?.value !== undefined
      const ms = performance.now() - started
      const detail = { ...namesOf(peer, asked), request, ...counts, value, rttMs, ms }
      this.observe({ layer: 'routing', type: 'answered', detail })
      for (const problem of answer.problems) this.fault(peer, problem)
      if (answer.dropped > 0) this.fault(peer, `${answer.dropped} peers, addresses or problems more than are kept`)
      return reply
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const failure = classify(error)
      this.statistics.failed(peer, asked, failure)
      const { code, message } = failure
      const detail = { ...namesOf(peer, asked), request, code, message, ms: performance.now() - started }
      this.observe({ layer: 'routing', type: 'request-failed', detail })
      throw failure
    }
  }

  /** Tells that something in a peer's answer is wrong, and was left out. */
  fault(peer: KnownPeer, problem: string): void {
    this.statistics.fault(`${nameOf(peer)}: ${problem}`)
    const detail = { peer: nameOf(peer), problem }
    this.observe({ layer: 'routing', type: 'answer-faulted', detail })
  }

  /** Tells what the query does to whoever looks. */
  observe(observed: RoutingObserved): void {
    this.node.inspector?.observe(observed)
    this.#onRouting?.(observed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#deadline[Symbol.dispose]()
    await this.#connections[Symbol.asyncDispose]()
  }

  async #exchange(peer: KnownPeer, requests: [KadRequest, ...KadRequest[]], signal: AbortSignal): Promise<Reply> {
    if (peer.target.addresses.length === 0 && this.input.locate !== undefined) {
      peer.target.addresses = (await this.input.locate(this.node, { signal, timeoutMs: 0 })).addresses
    }
    return await this.#connections.use(peer.target, signal, async (connection) => {
      peer.target.peer ??= connection.remotePeer.toString()
      const stream = await openStream(connection, [this.input.network.protocol], { signal, timeoutMs: 0 })
      const sentAt = performance.now()
      const message = await askKad(stream, requests, signal).catch((error: unknown) => {
        const { code } = classify(error)
        // a server that is gone has not refused anything
        if (code !== 'negative' || connection.status === 'open') throw error
        throw new ToolkitError('protocol', 'the connection was lost before the answer', {
          layer: 'connection',
          cause: error,
        })
      })
      return { message, rttMs: performance.now() - sentAt, connection }
    })
  }
}

/** The ID that a peer has proved may not be what it was asked as. */
function namesOf(peer: KnownPeer, asked: string): { peer: string; askedAt?: string } {
  const name = nameOf(peer)
  return name === asked ? { peer: name } : { peer: name, askedAt: asked }
}
