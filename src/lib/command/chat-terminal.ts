import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'

/** A terminal at which somebody types lines while others are printed above: what is being typed stays whole. */
export class ChatTerminal implements Disposable {
  readonly #readline: Interface
  #isOpen = true
  /** what is printed above the line comes one after the other */
  #printed: Promise<void> = Promise.resolve()

  /**
   * The terminal that this process has.
   *
   * @param signal - ends the typing
   * @returns the terminal; undefined where stdin or stdout is something else
   */
  static ofProcess(signal: AbortSignal): ChatTerminal | undefined {
    return process.stdin.isTTY && process.stdout.isTTY ? new ChatTerminal(signal) : undefined
  }

  private constructor(signal: AbortSignal) {
    this.#readline = createInterface({ input: process.stdin, output: process.stdout, terminal: true })
    // in raw mode Ctrl-C is a character like any other
    this.#readline.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    // at once: where the cursor is counts from the prompt
    this.#readline.on('line', () => this.#readline.prompt())
    // readline has paused its input by then, so that it sees the keys again
    this.#readline.on('SIGCONT', () => this.#readline.prompt(true))
    this.#readline.once('close', () => {
      this.#isOpen = false
      // what was typed and not sent stays to be seen, and a mere prompt does not
      if (this.#readline.line !== '') process.stdout.write('\n')
      else if (cursorTo(process.stdout, 0)) clearScreenDown(process.stdout)
    })
    signal.addEventListener('abort', () => this.#readline.close(), { once: true })
  }

  /** Says what stands in front of the line: words of the user's own alone. */
  prompt(text: string): void {
    this.#readline.setPrompt(text)
  }

  /** The lines as they are typed, until Ctrl-D. */
  async *lines(): AsyncGenerator<{ bytes: Uint8Array; length: number }> {
    this.#readline.prompt()
    try {
      for await (const line of this.#readline) {
        const bytes = Buffer.from(line)
        yield { bytes, length: bytes.length }
      }
    } finally {
      this.#readline.close()
    }
  }

  /**
   * Prints something above the line that is being typed, after what is being printed there.
   *
   * @param print - writes whole lines
   */
  async above(print: () => void | Promise<void>): Promise<void> {
    const printed = this.#printed.then(() => this.#above(print))
    this.#printed = printed.catch(() => {})
    await printed
  }

  async #above(print: () => void | Promise<void>): Promise<void> {
    if (!this.#isOpen) return await print()
    const { rows } = this.#readline.getCursorPos()
    moveCursor(process.stdout, 0, -rows)
    cursorTo(process.stdout, 0)
    clearScreenDown(process.stdout)
    await print()
    // readline goes up by as many rows before it writes the line again
    process.stdout.write('\n'.repeat(rows))
    if (this.#isOpen) this.#readline.prompt(true)
  }

  [Symbol.dispose](): void {
    this.#readline.close()
  }
}
