import { type Generated, readIfThere } from './generated.ts'

const end = '<!-- end -->'

/**
 * Puts a generated part between its two marks in a page whose other text is written by hand.
 *
 * @param path - of the page
 * @param source - the file that the part is made from, which the first mark names
 * @param part - Markdown
 * @returns the page
 * @throws Error when the page has lost a mark
 */
export async function markedPart(path: string, source: string, part: string): Promise<Generated> {
  const begin = `<!-- begin: generated from ${source} -->`
  const page = (await readIfThere(path)) ?? `${begin}\n${end}\n`
  const [before, rest] = cut(path, page, begin)
  const [, after] = cut(path, rest, end)
  return { files: new Map([[path, `${before}${begin}\n${part}\n${end}${after}`]]) }
}

function cut(path: string, text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  if (at === -1) throw new Error(`${path} has lost the mark ${mark}`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}
