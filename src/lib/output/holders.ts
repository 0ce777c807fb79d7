import type { HolderRecord } from '../records/holder.ts'
import { cutMiddle } from './cells.ts'
import type { Style } from './style.ts'

/** Cells of a value that are shown, and of the longest peer ID. */
const widestValue = 40
const widestPeer = 52

/**
 * Makes the renderer of `dht holders`: a table, the closest peer first.
 *
 * @returns the renderer of its lines
 */
export function holdersRenderer() {
  let begun = false
  return (holder: HolderRecord, style: Style): string => {
    const { peer, cpl, status, reason } = holder
    const mark = marked(status.padEnd(9), status, style)
    const cells = [mark, String(cpl ?? '').padStart(3), peer.padEnd(widestPeer), shownValue(holder)]
    const line = [...cells, ...(reason === undefined ? [] : [style.dim(reason)])].join('  ').trimEnd()
    const head = begun ? [] : [style.bold(`status     cpl  ${'peer'.padEnd(widestPeer)}  value`)]
    begun = true
    return [...head, line].join('\n')
  }
}

function shownValue({ sequence, text, value }: HolderRecord): string {
  if (sequence !== undefined) return `sequence ${sequence}`
  if (value === undefined) return ''
  return cutMiddle(text ?? `base64 ${value}`, widestValue)
}

function marked(text: string, status: HolderRecord['status'], style: Style): string {
  switch (status) {
    case 'valid':
    case 'unchecked':
      return style.good(text)
    case 'stale':
    case 'missing':
      return style.warn(text)
    case 'conflict':
    case 'invalid':
    case 'failed':
      return style.bad(text)
    default:
      return status satisfies never
  }
}
