import { messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { type BootstrapPeer, bootstrapPeer } from './peer.ts'

/** A line of the file; without a peer it is a comment, or blank. */
interface Line {
  text: string
  entry?: BootstrapPeer
}

/** A bootstrap list as a file holds it: comments, blank lines and their order outlive every change. */
export class BootstrapList {
  #lines: Line[]

  /**
   * @param text - one multiaddr a line; `#` at the beginning of a line, or after a space, begins a comment
   * @param source - what messages call the text, such as its path
   * @throws ToolkitError `local` with source, line number and reason for a line that is no bootstrap address
   */
  constructor(text: string, source: string) {
    const lines = text.split('\n')
    // the end of the last line begins no other
    if (lines.at(-1) === '') lines.pop()
    this.#lines = lines.map((line, index) => readLine(line, `${source}:${index + 1}`))
  }

  /** The entries in order, each address once. */
  get peers(): BootstrapPeer[] {
    const entries = this.#lines.flatMap(({ entry }) => entry ?? [])
    return [...new Map(entries.map((entry) => [entry.address, entry])).values()]
  }

  /**
   * Adds an entry at the end.
   *
   * @param entry - an address and its peer
   * @returns false where the address is in the list already
   */
  add(entry: BootstrapPeer): boolean {
    if (this.#lines.some((line) => line.entry?.address === entry.address)) return false
    this.#lines.push({ text: entry.address, entry })
    return true
  }

  /**
   * Removes every line of an address, with the comment behind it.
   *
   * @param address - in canonical text
   * @returns false where it is not in the list
   */
  remove(address: string): boolean {
    const before = this.#lines.length
    this.#lines = this.#lines.filter((line) => line.entry?.address !== address)
    return this.#lines.length < before
  }

  /** The text to write to the file; lines that were not changed are as they were read. */
  toString(): string {
    return this.#lines.map(({ text }) => `${text}\n`).join('')
  }
}

function readLine(text: string, place: string): Line {
  // trim takes a byte order mark and the carriage return of CRLF as well
  const content = text.replace(/(?:^|\s)#.*$/s, '').trim()
  if (content === '') return { text }
  try {
    return { text, entry: bootstrapPeer(content) }
  } catch (error) {
    throw new ToolkitError('local', `${place}: ${messageOf(error)}`, {
      layer: 'address',
      cause: error,
      suggestions: ['mend the line, or begin it with # to pass over it'],
    })
  }
}
