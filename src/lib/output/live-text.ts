import type { Style } from './style.ts'

/** Text on a terminal that stays in its place: each is drawn over the one before. */
export class LiveText {
  #lines = 0

  /**
   * Draws a text in the place of the last one.
   *
   * @param text - lines; they may be coloured, and as long as they like
   * @param style - of where it goes: what has no room on the terminal cannot be drawn over
   * @returns what is written, without a line ending; the text itself where that is no terminal
   */
  draw(text: string, { tty, rows }: Pick<Style, 'tty' | 'rows'>): string {
    if (!tty) return text
    const back = this.#erase()
    const lines = text.split('\n')
    const fits = Math.max(2, rows - 1)
    const shown = lines.length <= fits ? lines : [...lines.slice(0, fits - 1), `… ${lines.length - fits + 1} more`]
    this.#lines = shown.length
    // no wrapping (DECAWM): the terminal knows best how wide a character is
    return `${back}\u001b[?7l${shown.join('\n')}\u001b[?7h`
  }

  /**
   * Takes the text away, so that something else can be said; it stands above what is drawn next.
   *
   * @param line - what is said
   * @param style - of where it goes
   * @returns what is written
   */
  above(line: string, { tty }: Pick<Style, 'tty'>): string {
    return tty ? this.#erase() + line : line
  }

  #erase(): string {
    const back = this.#lines === 0 ? '' : `\u001b[${this.#lines}A\u001b[J`
    this.#lines = 0
    return back
  }
}
