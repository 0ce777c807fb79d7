import { styleText } from 'node:util'

/** What `--color` accepts. */
export type ColorChoice = 'auto' | 'always' | 'never'

/** Marks up text for one output stream; each is the identity where colour is off. */
export interface Style {
  readonly tty: boolean
  /** cells in a line */
  readonly columns: number
  /** lines that are seen at a time */
  readonly rows: number
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  /** in the colour of a peer: the same for the same peer ID */
  peer(text: string, peerId: string): string
}

/** The part of a writable stream that decides whether it takes colour, and how wide it is. */
interface ColorTarget {
  isTTY?: boolean
  columns?: number
  rows?: number
  hasColors?: () => boolean
}

/** The size of what is no terminal, or does not tell. */
const usualColumns = 80
const usualRows = 24

type Format = Parameters<typeof styleText>[0]

/** Colours of peers: those that are read on light and dark, and mean nothing else. */
const peerColours = ['cyan', 'magenta', 'blue', 'yellow', 'green', 'cyanBright', 'magentaBright', 'blueBright'] as const

/**
 * Decides on colour for one stream: `--color` first, then FORCE_COLOR and NO_COLOR, then whether
 * it is a terminal that has colours.
 *
 * @param target - the stream that the text goes to
 * @param choice - the value of `--color`
 * @param env - the environment, for NO_COLOR and FORCE_COLOR
 * @returns the style of that stream
 */
export function styleFor(target: ColorTarget, choice: ColorChoice, env: Record<string, string | undefined>): Style {
  const tty = target.isTTY === true
  const enabled = choice === 'always' || (choice === 'auto' && wantsColor(target, env))
  const paint = (format: Format) => (text: string) =>
    enabled ? styleText(format, text, { validateStream: false }) : text

  return {
    tty,
    // some terminals say 0
    columns: target.columns || usualColumns,
    rows: target.rows || usualRows,
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    peer: (text, peerId) => paint(['bold', colourOf(peerId)])(text),
  }
}

function colourOf(peerId: string): (typeof peerColours)[number] {
  const sum = [...peerId].reduce((total, digit) => (total * 31 + (digit.codePointAt(0) ?? 0)) % 65_521, 0)
  return peerColours[sum % peerColours.length] ?? 'cyan'
}

function wantsColor(target: ColorTarget, env: Record<string, string | undefined>): boolean {
  const forced = env.FORCE_COLOR
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return target.isTTY === true && target.hasColors?.() !== false
}
