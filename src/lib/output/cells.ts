/** Marks that stand on the character before them. */
const combining = /^\p{M}$/u

/** Characters that fill two cells: Unicode's East Asian Wide, by script, and what is shown as emoji. */
const wide =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u{3000}-\u{303e}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}]$/u

/**
 * Counts the cells of a terminal that text fills.
 *
 * @param text - sanitised, without colour
 * @returns its width
 */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += cellsOf(character)
  return width
}

/**
 * Cuts text to a width; an ellipsis stands for what is left out.
 *
 * @param text - sanitised, without colour
 * @param width - most cells, 1 or more
 * @returns the text, or its start
 */
function cutToWidth(text: string, width: number): string {
  // more characters than cells are always cut: a long text is not measured to its end
  if (text.length <= width * 2 && widthOf(text) <= width) return text
  let kept = ''
  let filled = 0
  for (const character of text) {
    filled += cellsOf(character)
    if (filled > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/**
 * Cuts text to a width in its middle: of an address the end says as much as the start.
 *
 * @param text - sanitised, without colour
 * @param width - most cells, 3 or more
 * @returns the text, or its start and its end
 */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  const start = cutToWidth(text, Math.ceil((width + 1) / 2))
  const end = [...text].reverse()
  let left = width - widthOf(start)
  const kept = end.findIndex((character) => {
    left -= cellsOf(character)
    return left < 0
  })
  return start + end.slice(0, kept).reverse().join('')
}

/**
 * Fills text up with spaces.
 *
 * @param text - sanitised, without colour
 * @param width - cells in all
 * @returns the text, at least that wide
 */
export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/**
 * Sets words in lines. A word that is too long has a line of its own, cut.
 *
 * @param words - sanitised, without colour
 * @param width - most cells of a line
 * @param gap - what stands between two words
 * @returns the lines
 */
export function wrapWords(words: string[], width: number, gap: string): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    const joined = last === undefined ? word : last + gap + word
    if (last !== undefined && widthOf(joined) <= width) lines[lines.length - 1] = joined
    else lines.push(cutToWidth(word, width))
  }
  return lines
}

/**
 * Sets text in lines, broken at its spaces, and within a word where that is longer than a line.
 *
 * @param text - sanitised, without colour
 * @param width - most cells of a line
 * @param most - lines; the last one is cut where there would be more
 * @returns the lines
 */
export function wrapText(text: string, width: number, most: number): string[] {
  // what cannot be shown is not measured
  const words = text.slice(0, width * (most + 1)).split(' ')
  const lines = wrapWords(
    words.flatMap((word) => piecesOf(word, width)),
    width,
    ' ',
  )
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), cutToWidth(lines.slice(most - 1).join(' '), width)]
}

function piecesOf(word: string, width: number): string[] {
  if (word.length <= width) return [word]
  const characters = [...word]
  const count = Math.ceil(characters.length / width)
  return Array.from({ length: count }, (_, index) => characters.slice(index * width, (index + 1) * width).join(''))
}

function cellsOf(character: string): number {
  if (combining.test(character)) return 0
  return wide.test(character) ? 2 : 1
}
