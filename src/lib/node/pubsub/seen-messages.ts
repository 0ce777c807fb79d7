/** Messages that are remembered: what is sent again after that many others is not recognised. */
const mostKept = 100_000
/** Honest peers send a message again when they are asked: gossipsub v1.1 lets them do so three times. */
const mostRepeats = 4

interface Seen {
  signature: string
  /** who gave it first */
  by: string
  repeats: number
}

/** Remembers messages by more than the two minutes that the router does, and tells what is wrong with those that come again. */
export class SeenMessages {
  readonly #seen = new Map<string, Seen>()

  /**
   * Whether a message is a copy of one whose signature was right, so that it need not be checked again.
   *
   * @param id - its message ID
   * @param signature - its signature
   * @returns true for a copy; a forgery that has the signature of another message is none the better for it
   */
  isCopy(id: string, signature: Uint8Array): boolean {
    return this.#seen.get(id)?.signature === beginningOf(signature)
  }

  /**
   * Notes a message whose signature is right.
   *
   * @param id - its message ID
   * @param by - the peer that gave it
   * @param signature - its signature; none where messages are not signed
   * @returns whether it is new, and what is wrong, if anything is
   */
  note(id: string, by: string, signature: Uint8Array | undefined): { isNew: boolean; fault?: string } {
    const beginning = beginningOf(signature)
    const seen = this.#seen.get(id)
    if (seen === undefined) {
      const [oldest] = this.#seen.size < mostKept ? [] : this.#seen.keys()
      if (oldest !== undefined) this.#seen.delete(oldest)
      this.#seen.set(id, { signature: beginning, by, repeats: 0 })
      return { isNew: true }
    }
    if (seen.signature !== beginning) return { isNew: false, fault: 'its sequence number was used for another message' }
    if (seen.by === by) seen.repeats++
    return seen.repeats < mostRepeats ? { isNew: false } : { isNew: false, fault: 'it was sent again and again' }
  }
}

function beginningOf(signature: Uint8Array | undefined): string {
  return Buffer.from(signature?.subarray(0, 12) ?? []).toString('latin1')
}
