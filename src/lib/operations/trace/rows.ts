import type { TraceEvent } from '../../inspect/trace-event.ts'
import type { TraceRowRecord } from '../../records/trace.ts'
import { Addresses } from './address-rows.ts'
import { ConnectionRow } from './connection-row.ts'
import { StreamRow } from './stream-row.ts'

/** A connection's row with those of its streams; streams may be of a connection that the trace does not name. */
interface Group {
  connection: ConnectionRow | undefined
  streams: Map<string, StreamRow>
}

/** The rows of a waterfall, from the events of a trace. */
export class TraceRows {
  readonly #entries: Array<Group | TraceRowRecord> = []
  readonly #groups = new Map<string | undefined, Group>()
  readonly #addresses = new Addresses()
  #lastMs = 0
  #streams = 0

  /** How many rows there are, give or take one. */
  get count(): number {
    return this.#entries.length + this.#streams
  }

  /** Takes an event; those that belong to no connection and no stream make no row. */
  add(event: TraceEvent): void {
    this.#lastMs = Math.max(this.#lastMs, event.atMs)
    const { connection, stream } = event
    if (connection === undefined && stream === undefined) {
      const row = event.layer === 'address' ? this.#addresses.add(event) : undefined
      if (row !== undefined) this.#entries.push(row)
      return
    }
    const group = this.#groupOf(connection)
    if (stream !== undefined) {
      this.#streamOf(group, stream, connection).add(event)
      return
    }
    if (event.layer === 'transport' && event.type === 'dial-started') {
      const span = this.#addresses.dialled()
      if (span !== undefined) group.connection?.resolved(span)
    }
    group.connection?.add(event)
  }

  /** The rows, each connection with its streams behind it, in the order in which they began. */
  finish(): TraceRowRecord[] {
    const rows: TraceRowRecord[] = []
    for (const entry of this.#entries) {
      if ('type' in entry) {
        rows.push(entry)
        continue
      }
      const { connection, streams } = entry
      if (connection !== undefined) rows.push(connection.finish(this.#lastMs))
      for (const stream of streams.values()) rows.push(stream.finish(this.#lastMs, connection?.endedMs))
    }
    return rows
  }

  #groupOf(id: string | undefined): Group {
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group = { connection: id === undefined ? undefined : new ConnectionRow(id), streams: new Map() }
    this.#groups.set(id, group)
    this.#entries.push(group)
    return group
  }

  #streamOf({ streams }: Group, id: string, connection: string | undefined): StreamRow {
    const known = streams.get(id)
    if (known !== undefined) return known
    const row = new StreamRow(id, connection)
    streams.set(id, row)
    this.#streams++
    return row
  }
}
