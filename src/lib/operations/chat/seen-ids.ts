/** Messages that are remembered: what is sent again after that many others is shown again. */
const mostKept = 10_000

/** Remembers messages by their authors and IDs, so that copies are shown once. An ID is its author's own: nobody can use up another's. */
export class SeenIds {
  readonly #seen = new Set<string>()

  /**
   * Notes a message.
   *
   * @param peer - its author
   * @param id - its ID
   * @returns whether it is new
   */
  note(peer: string, id: Uint8Array): boolean {
    const key = `${peer} ${Buffer.from(id).toString('latin1')}`
    if (this.#seen.has(key)) return false
    const [oldest] = this.#seen.size < mostKept ? [] : this.#seen
    if (oldest !== undefined) this.#seen.delete(oldest)
    this.#seen.add(key)
    return true
  }
}
