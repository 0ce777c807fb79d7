import { readVarint } from './protobuf.ts'

/** Cuts one direction of a stream into messages that have their length in front of them. */
export class LengthPrefixed {
  readonly #maxBytes: number
  #held: Uint8Array = new Uint8Array(0)
  #broken = false

  /** @param maxBytes - longest message that is kept; nothing is read behind a longer one */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Takes the next bytes, and gives out the messages that are complete with them. */
  read(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = []
    if (this.#broken) return messages
    this.#held = Buffer.concat([this.#held, bytes])
    while (this.#held.length > 0) {
      const length = lengthOf(this.#held)
      if (length === 'incomplete') break
      if (length === 'none' || length.value > this.#maxBytes) {
        this.#broken = true
        this.#held = new Uint8Array(0)
        break
      }
      const end = length.end + length.value
      if (this.#held.length < end) break
      messages.push(this.#held.subarray(length.end, end))
      this.#held = this.#held.subarray(end)
    }
    return messages
  }
}

function lengthOf(bytes: Uint8Array): { value: number; end: number } | 'incomplete' | 'none' {
  try {
    const { value, end } = readVarint(bytes, 0)
    return { value: Number(value), end }
  } catch {
    return bytes.length < 10 ? 'incomplete' : 'none'
  }
}
