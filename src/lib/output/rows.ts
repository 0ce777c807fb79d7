import type { Style } from './style.ts'

/**
 * Lays out names and values in two columns; rows without a value are left out, further values of a
 * list stand below the first.
 *
 * @param rows - name and value, several values, or none
 * @param style - marks the names
 * @returns lines of text
 */
export function renderRows(rows: Array<[name: string, value: string | string[] | undefined]>, style: Style): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines: string[] = []
  for (const [name, value] of rows) {
    const values = typeof value === 'string' ? [value] : (value ?? [])
    values.forEach((line, index) => {
      lines.push(`${style.dim((index === 0 ? name : '').padEnd(width))}  ${line}`)
    })
  }
  return lines.join('\n')
}

/**
 * Renders a number of milliseconds with the precision that it deserves.
 *
 * @param ms - milliseconds
 * @returns three significant decimals below 1 s, such as `0.532 ms`
 */
export function renderMs(ms: number): string {
  return `${ms.toFixed(ms < 1000 ? 3 : 0)} ms`
}
