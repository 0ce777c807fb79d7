import { ByteQueue } from './byte-queue.ts'

/** Which way bytes went. */
export type Direction = 'sent' | 'received'

/** What a negotiation's bytes came to. */
export interface NegotiationListener {
  /** a line of multistream-select, without its length and newline */
  line(direction: Direction, line: string): void
  /** both sides have said the same protocol */
  agreed(protocol: string): void
  /** bytes behind the negotiation */
  payload(direction: Direction, bytes: Uint8Array): void
}

/** The first line of both sides: https://github.com/multiformats/multistream-select. */
const header = '/multistream/1.0.0'
/** Longest line that is taken for one: a list of protocols may be long. */
const maxLineBytes = 64 * 1024
/** What a dialer may send behind a protocol before it is agreed on, and still be held back here. */
const maxHeldBytes = 256 * 1024

/**
 * Follows a multistream-select negotiation from both directions of a connection or stream, chunk by
 * chunk, and tells its lines from what follows. What is no negotiation is payload from the start.
 */
export class Negotiation {
  readonly #listener: NegotiationListener
  readonly #held: Record<Direction, ByteQueue> = { sent: new ByteQueue(), received: new ByteQueue() }
  /** the protocol that each side has named and that is not answered yet */
  readonly #named: Record<Direction, string | undefined> = { sent: undefined, received: undefined }
  #over = false

  constructor(listener: NegotiationListener) {
    this.#listener = listener
  }

  /** Takes the next bytes of one direction. */
  feed(direction: Direction, bytes: Uint8Array): void {
    if (this.#over) return void this.#listener.payload(direction, bytes)
    this.#held[direction].push(bytes)
    // a refusal makes the other side's bytes readable again
    while (this.#readLine(direction) || this.#readLine(other(direction)));
  }

  /** Reads one line of a direction, if there is one to read now. */
  #readLine(direction: Direction): boolean {
    const held = this.#held[direction]
    if (this.#over || held.length === 0) return false
    // behind a protocol that was named comes payload, or another name once it has been refused
    if (this.#named[direction] !== undefined && held.length <= maxHeldBytes) return false
    const line = this.#named[direction] === undefined ? lineOf(held.bytes) : 'none'
    if (line === 'incomplete') return false
    if (line === 'none') {
      this.#end()
      return false
    }
    held.skip(line.bytes)
    this.#listener.line(direction, line.text)
    this.#take(direction, line.text)
    return true
  }

  #take(direction: Direction, text: string): void {
    const opposite = other(direction)
    // the answer to `ls` is one line of many
    if (text === header || text === 'ls' || text.includes('\n')) return
    if (text === 'na') this.#named[opposite] = undefined
    else if (this.#named[opposite] === undefined) this.#named[direction] = text
    else if (this.#named[opposite] === text) {
      this.#listener.agreed(text)
      this.#end()
    }
  }

  #end(): void {
    this.#over = true
    for (const direction of ['sent', 'received'] as const) {
      const held = this.#held[direction]
      if (held.length > 0) this.#listener.payload(direction, held.take(held.length))
    }
  }
}

function other(direction: Direction): Direction {
  return direction === 'sent' ? 'received' : 'sent'
}

/** One line: a varint length, the text, a newline. */
function lineOf(bytes: Uint8Array): { text: string; bytes: number } | 'incomplete' | 'none' {
  let length = 0
  let at = 0
  for (; at < 3; at++) {
    const byte = bytes[at]
    if (byte === undefined) return 'incomplete'
    length += (byte & 0x7f) * 128 ** at
    if (byte < 0x80) break
  }
  at++
  if (at > 3 || length === 0 || length > maxLineBytes) return 'none'
  const end = at + length
  if (bytes.length < end) return 'incomplete'
  if (bytes[end - 1] !== 0x0a) return 'none'
  return { text: new TextDecoder().decode(bytes.subarray(at, end - 1)), bytes: end }
}
