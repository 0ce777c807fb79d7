import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { readLine } from '../../src/lib/operations/chat/line.ts'

describe('a line of the chat', () => {
  it.each([
    ['hello', { do: 'say', text: 'hello' }],
    ['  two  spaces ', { do: 'say', text: '  two  spaces ' }],
    ['//etc', { do: 'say', text: '/etc' }],
    ['/name bob', { do: 'name', handle: 'bob' }],
    ['/peers', { do: 'peers' }],
    ['/rooms ', { do: 'rooms' }],
    ['/join', { do: 'join' }],
    ['/join  room ', { do: 'join', room: 'room' }],
    ['/msg bob  hi there ', { do: 'msg', to: 'bob', text: 'hi there' }],
    ['/help', { do: 'help' }],
    ['/quit', { do: 'quit' }],
    ['', undefined],
    [' \t', undefined],
  ])('%j', (line, action) => {
    expect(readLine(line)).toEqual(action)
  })

  it.each([
    ['/', /no command/],
    ['/nick bob', /no command \/nick/],
    ['/Name bob', /no command/],
    ['/name', /not a handle/],
    ['/name two words', /not a handle/],
    ['/name \u001b[31mred', /not a handle/],
    ['/name \u202eevil', /not a handle/],
    [`/name ${'x'.repeat(129)}`, /not a handle/],
    ['/join a\u0000b', /not a room/],
    [`/join ${'é'.repeat(65)}`, /not a room/],
    ['/msg bob', /needs a peer and a text/],
    ['/msg', /needs a peer and a text/],
    ['/quit now', /takes nothing/],
  ])('%j is refused', (line, why) => {
    expect(() => readLine(line)).toThrow(why)
  })

  it('is read or refused as a mistake of the user’s, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom('', '/', '/join ', '/msg '),
        (text, before) => {
          const line = before + text
          try {
            const action = readLine(line)
            if (!line.startsWith('/') && line.trim() !== '') expect(action).toEqual({ do: 'say', text: line })
          } catch (error) {
            expect(error).toBeInstanceOf(ToolkitError)
            expect(error).toMatchObject({ code: 'usage' })
          }
        },
      ),
    )
  })
})
