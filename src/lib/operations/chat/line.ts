import { ToolkitError } from '../../errors/toolkit-error.ts'
import { longest } from '../../protocols/chat/protocol.ts'

/** What somebody wants who types a line. */
export type ChatAction =
  | { do: 'say'; text: string }
  | { do: 'name'; handle: string }
  | { do: 'peers' }
  | { do: 'rooms' }
  /** the lobby without a room */
  | { do: 'join'; room?: string }
  | { do: 'msg'; to: string; text: string }
  | { do: 'help' }
  | { do: 'quit' }

/** What there is to type. */
export const chatHelp =
  '/name HANDLE, /peers, /rooms, /join [ROOM] (without one the lobby), /msg PEER TEXT, /help, /quit; // begins a message with a slash'

/**
 * Reads a line of the chat.
 *
 * @param line - what was typed, without its end
 * @returns what it asks for; undefined for a blank line
 * @throws ToolkitError `usage` for a command that there is not, or that lacks something
 */
export function readLine(line: string): ChatAction | undefined {
  // a blank before it: nobody wants a command to be said aloud, and a private message least of all
  const trimmed = line.trim()
  if (trimmed === '') return undefined
  if (!trimmed.startsWith('/')) return { do: 'say', text: line }
  if (trimmed.startsWith('//')) return { do: 'say', text: line.replace('/', '') }
  const [, command = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(trimmed) ?? []
  switch (command) {
    case 'name':
      return { do: 'name', handle: chatHandle(rest) }
    case 'join':
      return { do: 'join', ...(rest !== '' && { room: chatRoom(rest) }) }
    case 'msg': {
      const [, to, text] = /^(\S+)\s+(.+)$/s.exec(rest) ?? []
      if (to === undefined || text === undefined) throw refuse('/msg needs a peer and a text')
      return { do: 'msg', to, text }
    }
    case 'peers':
    case 'rooms':
    case 'help':
    case 'quit':
      if (rest !== '') throw refuse(`/${command} takes nothing behind it`)
      return { do: command }
    default:
      throw refuse(`there is no command /${command.slice(0, 64)}`)
  }
}

/**
 * Checks the name of a room.
 *
 * @param text - what the user wrote
 * @returns the same
 * @throws ToolkitError `usage` for what is no single word of visible characters
 */
export function chatRoom(text: string): string {
  return word('room', text, longest.room)
}

/**
 * Checks a handle.
 *
 * @param text - what the user wrote
 * @returns the same
 * @throws ToolkitError `usage` for what is no single word of visible characters
 */
export function chatHandle(text: string): string {
  return word('handle', text, longest.handle)
}

function word(what: string, text: string, most: number): string {
  if (/^[^\s\p{C}]+$/u.test(text) && Buffer.byteLength(text) <= most) return text
  const why = Buffer.byteLength(text) > most ? `it has more than ${most} bytes` : 'it is not one word'
  throw new ToolkitError('usage', `not a ${what}: ${JSON.stringify(text.slice(0, 64))}: ${why}`)
}

function refuse(message: string): ToolkitError {
  return new ToolkitError('usage', message, { suggestions: [chatHelp] })
}
