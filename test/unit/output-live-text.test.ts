import { describe, expect, it } from 'vitest'
import { LiveText } from '../../src/lib/output/live-text.ts'

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`).join('\n')
const terminal = { tty: true, rows: 24 }

describe('LiveText', () => {
  it('goes back over as many lines as it has drawn', () => {
    const live = new LiveText()
    expect(live.draw(lines(2), terminal)).toBe('\u001b[?7lline 0\nline 1\u001b[?7h')
    expect(live.draw(lines(3), terminal)).toBe('\u001b[2A\u001b[J\u001b[?7lline 0\nline 1\nline 2\u001b[?7h')
    expect(live.above('a note', terminal)).toBe('\u001b[3A\u001b[Ja note')
    expect(live.above('another', terminal)).toBe('another')
    expect(live.draw(lines(1), terminal)).toBe('\u001b[?7lline 0\u001b[?7h')
  })

  it('draws no more than can be drawn over', () => {
    const live = new LiveText()
    expect(live.draw(lines(10), { tty: true, rows: 4 })).toBe('\u001b[?7lline 0\nline 1\n… 8 more\u001b[?7h')
    expect(live.above('', terminal)).toBe('\u001b[3A\u001b[J')
    expect(live.draw(lines(3), { tty: true, rows: 4 })).toContain('line 2')
  })

  it('is text where there is no terminal', () => {
    const live = new LiveText()
    expect(live.draw(lines(2), { tty: false, rows: 24 })).toBe(lines(2))
    expect(live.above('a note', terminal)).toBe('a note')
    live.draw(lines(2), terminal)
    expect(live.above('into a file', { tty: false })).toBe('into a file')
  })
})
