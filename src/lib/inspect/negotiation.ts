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
  readonly #held: Record<Direction, Uint8Array> = { sent: new Uint8Array(0), received: new Uint8Array(0) }
  readonly #said: Record<Direction, string | undefined> = { sent: undefined, received: undefined }
  #over = false

  constructor(listener: NegotiationListener) {
    this.#listener = listener
  }

  /** Takes the next bytes of one direction. */
  feed(direction: Direction, bytes: Uint8Array): void {
    if (this.#over) this.#listener.payload(direction, bytes)
    else {
      this.#held[direction] = join(this.#held[direction], bytes)
      this.#read(direction)
    }
  }

  #read(direction: Direction): void {
    const other = direction === 'sent' ? 'received' : 'sent'
    while (!this.#over) {
      const held = this.#held[direction]
      // behind a protocol that was named comes payload, or another name once it has been refused
      const line =
        this.#said[direction] === undefined ? lineOf(held) : held.length > maxHeldBytes ? 'none' : 'incomplete'
      if (line === 'incomplete') return
      if (line === 'none') {
        this.#end()
        return
      }
      this.#held[direction] = held.subarray(line.bytes)
      this.#listener.line(direction, line.text)
      this.#take(direction, other, line.text)
    }
  }

  #take(direction: Direction, other: Direction, text: string): void {
    // the answer to `ls` is one line of many
    if (text === header || text === 'ls' || text.includes('\n')) return
    if (text === 'na') {
      this.#said[other] = undefined
      this.#read(other)
    } else if (this.#said[other] === undefined) this.#said[direction] = text
    else if (this.#said[other] === text) {
      this.#over = true
      this.#listener.agreed(text)
      this.#flush()
    }
  }

  #end(): void {
    this.#over = true
    this.#flush()
  }

  #flush(): void {
    for (const direction of ['sent', 'received'] as const) {
      const bytes = this.#held[direction]
      this.#held[direction] = new Uint8Array(0)
      if (bytes.length > 0) this.#listener.payload(direction, bytes)
    }
  }
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

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  if (head.length === 0) return tail
  const joined = new Uint8Array(head.length + tail.length)
  joined.set(head)
  joined.set(tail, head.length)
  return joined
}
