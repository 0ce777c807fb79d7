import { ByteQueue } from '../inspect/byte-queue.ts'
import { readVarint } from './protobuf.ts'

/** Cuts one direction of a stream into messages that have their length in front of them. */
export class LengthPrefixed {
  readonly #maxBytes: number
  readonly #held = new ByteQueue()
  #broken = false

  /** @param maxBytes - longest message that is kept; nothing is read behind a longer one */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether a message came that is longer than may be, or has no length. */
  get isBroken(): boolean {
    return this.#broken
  }

  /** Takes the next bytes, and gives out the messages that are complete with them. */
  read(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = []
    if (this.#broken) return messages
    this.#held.push(bytes)
    while (this.#held.length > 0) {
      const length = lengthOf(this.#held.bytes)
      if (length === 'incomplete') break
      if (length === 'none' || length.value > this.#maxBytes) {
        this.#broken = true
        this.#held.skip(this.#held.length)
        break
      }
      if (this.#held.length < length.end + length.value) break
      this.#held.skip(length.end)
      messages.push(this.#held.take(length.value))
    }
    return messages
  }
}

function lengthOf(bytes: Uint8Array): { value: number; end: number } | 'incomplete' | 'none' {
  try {
    const { value, end } = readVarint(bytes.subarray(0, 10), 0)
    return { value: Number(value), end }
  } catch {
    return bytes.length < 10 ? 'incomplete' : 'none'
  }
}
