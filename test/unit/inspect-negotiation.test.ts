import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Direction, Negotiation } from '../../src/lib/inspect/negotiation.ts'

/** What was said, in order: by whom, and the bytes. */
type Dialogue = Array<[Direction, Uint8Array]>

const header = line('/multistream/1.0.0')

function line(text: string): Uint8Array {
  const bytes = Buffer.from(`${text}\n`)
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([Buffer.from(length), bytes])
}

function follow(dialogue: Dialogue) {
  const seen = { lines: [] as string[], agreed: [] as string[], sent: '', received: '' }
  const negotiation = new Negotiation({
    line: (direction, text) => seen.lines.push(`${direction} ${text}`),
    agreed: (protocol) => seen.agreed.push(protocol),
    payload: (direction, bytes) => {
      seen[direction] += Buffer.from(bytes).toString('hex')
    },
  })
  for (const [direction, bytes] of dialogue) negotiation.feed(direction, bytes)
  return seen
}

/** The same dialogue in other pieces: each turn is cut, and the order of the turns stays. */
function cut(dialogue: Dialogue, sizes: number[]): Dialogue {
  let next = 0
  return dialogue.flatMap(([direction, bytes]) => {
    const pieces: Dialogue = []
    for (let at = 0; at < bytes.length; ) {
      const size = sizes[next++ % sizes.length] ?? 1
      pieces.push([direction, bytes.subarray(at, at + size)])
      at += size
    }
    return pieces
  })
}

const protocol = fc.stringMatching(/^\/[a-z0-9./-]{1,150}$/)
const payload = fc.uint8Array({ maxLength: 300 })
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })

describe('Negotiation', () => {
  it('tells lines from payload, whoever begins and however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(protocol, { minLength: 1, maxLength: 4 }),
        payload,
        payload,
        fc.boolean(),
        sizes,
        (names, up, down, dialling, pieces) => {
          const [asker, answerer]: [Direction, Direction] = dialling ? ['sent', 'received'] : ['received', 'sent']
          const wanted = names.at(-1) ?? ''
          const dialogue: Dialogue = [
            [asker, header],
            [answerer, header],
            ...names.flatMap(
              (name): Dialogue => [
                [asker, line(name)],
                [answerer, line(name === wanted ? name : 'na')],
              ],
            ),
            [asker, up],
            [answerer, down],
          ]
          const seen = follow(cut(dialogue, pieces))
          expect(seen.agreed).toEqual([wanted])
          expect(seen[asker]).toBe(Buffer.from(up).toString('hex'))
          expect(seen[answerer]).toBe(Buffer.from(down).toString('hex'))
          expect(seen.lines.filter((text) => text.startsWith(asker))).toEqual(
            ['/multistream/1.0.0', ...names].map((text) => `${asker} ${text}`),
          )
        },
      ),
    )
  })

  it('takes what a dialler sends ahead of the answer for payload, once it is accepted', () => {
    const seen = follow([
      ['sent', Buffer.concat([header, line('/a'), Buffer.from('hello')])],
      ['received', Buffer.concat([header, line('/a'), Buffer.from('world')])],
    ])
    expect(seen.agreed).toEqual(['/a'])
    expect(Buffer.from(seen.sent, 'hex').toString()).toBe('hello')
    expect(Buffer.from(seen.received, 'hex').toString()).toBe('world')
  })

  it('takes it for another name, once the first is refused', () => {
    const seen = follow([
      ['sent', Buffer.concat([header, line('/a'), line('/b')])],
      ['received', Buffer.concat([header, line('na'), line('/b')])],
    ])
    expect(seen.lines).toContain('sent /b')
    expect(seen.agreed).toEqual(['/b'])
    expect(seen).toMatchObject({ sent: '', received: '' })
  })

  it('passes over the answer to ls', () => {
    const seen = follow([
      ['sent', Buffer.concat([header, line('ls')])],
      ['received', Buffer.concat([header, line('\x03/x\n\x03/y\n')])],
      ['sent', line('/x')],
      ['received', line('/x')],
    ])
    expect(seen.agreed).toEqual(['/x'])
  })

  it('never throws, and loses no byte: what is no line is payload, in order', () => {
    const turns = fc.array(fc.tuple(fc.constantFrom<Direction>('sent', 'received'), fc.uint8Array({ maxLength: 60 })), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(turns, sizes, (dialogue, pieces) => {
        for (const direction of ['sent', 'received'] as const) {
          const all = Buffer.concat(dialogue.filter(([said]) => said === direction).map(([, bytes]) => bytes))
          // what is held back for the rest of a line has not been told yet
          const { [direction]: told } = follow(cut(dialogue, pieces))
          expect(all.toString('hex').endsWith(told) || all.toString('hex').includes(told)).toBe(true)
        }
      }),
    )
  })

  it('takes a line in a thousand pieces as fast as in one', () => {
    const long = line(`/${'x'.repeat(16_000)}`)
    const seen = follow(
      cut(
        [
          ['sent', header],
          ['received', header],
          ['sent', long],
          ['received', long],
        ],
        [1],
      ),
    )
    expect(seen.agreed).toHaveLength(1)
  })

  it('takes thousands of refusals that were held back', () => {
    const refusals = Buffer.concat(Array.from({ length: 20_000 }, () => line('na')))
    const seen = follow([
      ['sent', Buffer.concat([header, line('/a'), refusals])],
      ['received', Buffer.concat([header, line('/b'), refusals])],
    ])
    expect(seen.agreed).toEqual([])
  })
})
