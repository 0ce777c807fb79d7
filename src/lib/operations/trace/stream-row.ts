import type { TraceEvent } from '../../inspect/trace-event.ts'
import type { TraceRowRecord } from '../../records/trace.ts'
import { textOf } from './detail.ts'
import { Ending } from './ending.ts'
import { PhaseLine } from './phase-line.ts'

const order = ['negotiation', 'first-byte', 'open'] as const

/** The first line of multistream-select, which names no protocol of the stream. */
const multistream = /^\/multistream\//

/** The phases of one stream, from its events. */
export class StreamRow {
  readonly #place: { connection?: string; stream: string }
  readonly #line = new PhaseLine(order)
  readonly #ending = new Ending()
  #ended = false
  #protocol: string | undefined
  #proposed: string | undefined
  #peer: string | undefined
  #sentMs: number | undefined

  /**
   * @param stream - the muxer's stream ID
   * @param connection - that carries it
   */
  constructor(stream: string, connection: string | undefined) {
    this.#place = { ...(connection !== undefined && { connection }), stream }
  }

  /** Takes an event of the stream. */
  add(event: TraceEvent): void {
    const { atMs } = event
    this.#peer ??= event.peer
    if (!this.#ended) this.#advance(event)
    const wasOpen = this.#line.reached('first-byte')
    switch (`${event.layer} ${event.type}`) {
      case 'stream closed':
      case 'muxer stream-ended':
        this.#ending.closed(event)
        this.#end(atMs)
        break
      case 'stream reset':
        this.#ending.closed(event, 'reset')
        this.#end(atMs)
        break
      case 'stream failed':
        this.#ending.failed(event, wasOpen)
        this.#end(atMs)
        break
      case 'protocol failed':
        // what was said on it was wrong; the stream lives until somebody ends it
        this.#ending.failed(event, wasOpen)
    }
  }

  /**
   * Ends the row with the trace, or with its connection.
   *
   * @param endMs - the time of the trace's last event
   * @param connectionEndedMs - when its connection ended, if it did
   * @returns the record
   */
  finish(endMs: number, connectionEndedMs: number | undefined): TraceRowRecord {
    if (connectionEndedMs !== undefined) this.#ending.closedWithConnection()
    this.#end(connectionEndedMs ?? endMs)
    const { stream } = this.#place
    const protocol = this.#protocol ?? this.#proposed
    return {
      type: 'row',
      ...this.#place,
      ...(this.#peer !== undefined && { peer: this.#peer }),
      label: protocol === undefined ? `stream ${stream}` : `${stream} ${protocol}`,
      phases: this.#line.phases,
      ...this.#ending.record(this.#line.reached('first-byte') ? 'open' : 'unfinished'),
    }
  }

  #advance({ layer, type, atMs, detail }: TraceEvent): void {
    switch (`${layer} ${type}`) {
      case 'muxer stream-started':
        this.#line.begin('negotiation', atMs)
        break
      case 'stream line-sent':
      case 'stream line-received':
        this.#propose(textOf(detail, 'line'))
        this.#line.begin('negotiation', atMs)
        break
      case 'stream negotiated':
        this.#protocol = textOf(detail, 'protocol')
        this.#line.begin('first-byte', atMs)
        break
      case 'stream first-byte-sent':
        this.#sentMs ??= atMs
        break
      case 'stream first-byte-received':
        this.#line.begin('open', atMs)
        break
    }
  }

  #propose(line: string | undefined): void {
    if (line?.startsWith('/') && !multistream.test(line)) this.#proposed = line.trimEnd()
  }

  /** What only ever was written has been open since its first byte. */
  #end(atMs: number): void {
    if (this.#ended) return
    if (this.#sentMs !== undefined) this.#line.begin('open', this.#sentMs)
    this.#line.end(atMs)
    this.#ended = true
  }
}
