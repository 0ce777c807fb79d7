import Table from 'cli-table3'
import type { Style } from './style.ts'

const noBorder = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/**
 * Renders rows under column heads, without borders, so that it can be cut and grepped.
 *
 * @param heads - one per column
 * @param rows - sanitised cells
 * @param style - marks the heads
 * @returns lines of text
 */
export function renderTable(heads: string[], rows: string[][], style: Style): string {
  const table = new Table({
    head: heads.map((head) => style.bold(head)),
    chars: noBorder,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows)
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
