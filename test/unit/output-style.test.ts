import { describe, expect, it } from 'vitest'
import { styleFor } from '../../src/lib/output/style.ts'

const terminal = { isTTY: true, hasColors: () => true }
const monochrome = { isTTY: true, hasColors: () => false }
const pipe = {}
const coloured = '\u001b[1mx\u001b[22m'

describe('styleFor', () => {
  it.each([
    ['a terminal', terminal, 'auto', {}, coloured],
    ['a pipe', pipe, 'auto', {}, 'x'],
    ['a terminal without colours', monochrome, 'auto', {}, 'x'],
    ['a terminal under NO_COLOR', terminal, 'auto', { NO_COLOR: '1' }, 'x'],
    ['a terminal under an empty NO_COLOR', terminal, 'auto', { NO_COLOR: '' }, coloured],
    ['a pipe under FORCE_COLOR', pipe, 'auto', { FORCE_COLOR: '1' }, coloured],
    ['a terminal under FORCE_COLOR=0', terminal, 'auto', { FORCE_COLOR: '0' }, 'x'],
    ['a pipe with --color always', pipe, 'always', { NO_COLOR: '1' }, coloured],
    ['a terminal with --color never', terminal, 'never', { FORCE_COLOR: '1' }, 'x'],
  ] as const)('decides on colour for %s', (_name, target, choice, env, shown) => {
    expect(styleFor(target, choice, env).bold('x')).toBe(shown)
  })
})
