import { styleText } from 'node:util'

/**
 * Sets rows in columns, for people.
 *
 * @param head - the columns' names
 * @param rows - their texts
 * @returns lines, indented by two
 */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [styleText('dim', line(head)), ...rows.map(line)].map((text) => `  ${text}`).join('\n')
}
