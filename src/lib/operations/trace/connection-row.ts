import type { TraceEvent } from '../../inspect/trace-event.ts'
import type { TraceRowRecord } from '../../records/trace.ts'
import { durationOf, textOf } from './detail.ts'
import { Ending } from './ending.ts'
import { PhaseLine } from './phase-line.ts'

const order = [
  'resolve',
  'transport',
  'private-network',
  'security-negotiation',
  'handshake',
  'muxer-negotiation',
  'open',
] as const

/** QUIC secures itself: nothing is negotiated behind its transport, and its handshake is a part of it. */
const quic = /\/quic(?:-v1)?(?:\/|$)/

/** The phases of one connection, from its events. */
export class ConnectionRow {
  readonly #connection: string
  readonly #line = new PhaseLine(order)
  readonly #ending = new Ending()
  #endedMs: number | undefined
  #address = ''
  #arrow = '→'
  #peer: string | undefined

  /**
   * @param connection - `c1`, `c2`, …
   */
  constructor(connection: string) {
    this.#connection = connection
  }

  /** When the connection ended, if it did. */
  get endedMs(): number | undefined {
    return this.#endedMs
  }

  /** Says when the name of its address was looked up. */
  resolved(span: { startMs: number; endMs: number }): void {
    this.#line.begin('resolve', span.startMs)
    this.#line.end(span.endMs)
  }

  /** Takes an event of the connection itself. */
  add(event: TraceEvent): void {
    const { atMs, detail } = event
    this.#peer ??= event.peer
    if (this.#endedMs === undefined) this.#advance(event)
    switch (`${event.layer} ${event.type}`) {
      case 'transport closed':
      case 'connection closed':
        this.#ending.closed(event)
        this.#end(atMs)
        break
      case 'transport failed':
      case 'security failed':
      case 'muxer failed':
      case 'connection failed':
        this.#ending.failed(event, this.#line.reached('open'))
        this.#end(atMs)
        break
      case 'connection opened':
        this.#address = textOf(detail, 'address') ?? this.#address
        this.#arrow = textOf(detail, 'direction') === 'inbound' ? '←' : '→'
    }
  }

  /**
   * Ends the row with the trace.
   *
   * @param endMs - the time of the trace's last event
   * @returns the record
   */
  finish(endMs: number): TraceRowRecord {
    this.#line.end(endMs)
    return {
      type: 'row',
      connection: this.#connection,
      ...(this.#peer !== undefined && { peer: this.#peer }),
      label: this.#address === '' ? this.#connection : `${this.#connection} ${this.#arrow} ${this.#address}`,
      phases: this.#line.phases,
      ...this.#ending.record(this.#line.reached('open') ? 'open' : 'unfinished'),
    }
  }

  #advance({ layer, type, atMs, detail }: TraceEvent): void {
    switch (`${layer} ${type}`) {
      case 'transport dial-started':
        this.#address = textOf(detail, 'address') ?? ''
        this.#line.begin('transport', atMs)
        break
      case 'transport accepted':
        this.#arrow = '←'
        this.#connected(textOf(detail, 'address') ?? '', atMs)
        break
      case 'transport connected':
        this.#connected(textOf(detail, 'address') ?? this.#address, atMs)
        break
      case 'security network-protected':
        this.#line.begin('private-network', atMs - durationOf(detail))
        this.#line.suppose('security-negotiation', atMs)
        break
      case 'security line-sent':
      case 'security line-received':
        this.#line.confirm('security-negotiation', atMs)
        break
      case 'security protocol-selected':
        this.#line.confirm('security-negotiation', atMs)
        this.#line.endOf('security-negotiation', atMs)
        break
      case 'security handshake-started':
        this.#line.begin('handshake', atMs)
        break
      case 'security handshake-finished':
        if (quic.test(this.#address)) return
        this.#line.begin('handshake', atMs - durationOf(detail))
        this.#line.suppose('muxer-negotiation', atMs)
        break
      case 'muxer line-sent':
      case 'muxer line-received':
        this.#line.confirm('muxer-negotiation', atMs)
        break
      case 'muxer negotiated':
        if (detail.early !== true) this.#line.confirm('muxer-negotiation', atMs)
        this.#line.endOf('muxer-negotiation', atMs)
        break
      case 'connection opened':
        this.#line.begin('open', atMs)
        break
    }
  }

  #connected(address: string, atMs: number): void {
    this.#address = address
    if (quic.test(address)) this.#line.end(atMs)
    else this.#line.suppose('security-negotiation', atMs)
  }

  #end(atMs: number): void {
    if (this.#endedMs !== undefined) return
    this.#line.end(atMs)
    this.#endedMs = atMs
  }
}
