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

/** Remembers messages beyond the two minutes that the router does, and tells what is wrong with those that come again. */
export class SeenMessages {
  readonly #seen = new Map<string, Seen>()

  /**
   * Notes a message whose signature is right.
   *
   * @param id - its message ID
   * @param by - the peer that gave it
   * @param signature - its signature; none where messages are not signed
   * @returns whether it is new, and what is wrong, if anything is
   */
  note(id: string, by: string, signature: Uint8Array | undefined): { isNew: boolean; fault?: string } {
    const start = Buffer.from(signature?.subarray(0, 12) ?? []).toString('latin1')
    const seen = this.#seen.get(id)
    if (seen === undefined) {
      this.#seen.set(id, { signature: start, by, repeats: 0 })
      if (this.#seen.size > mostKept) for (const oldest of this.#seen.keys()) return this.#forget(oldest)
      return { isNew: true }
    }
    if (seen.signature !== start) return { isNew: false, fault: 'its sequence number was used for another message' }
    if (seen.by === by) seen.repeats++
    return seen.repeats < mostRepeats ? { isNew: false } : { isNew: false, fault: 'it was sent again and again' }
  }

  #forget(id: string): { isNew: boolean } {
    this.#seen.delete(id)
    return { isNew: true }
  }
}
