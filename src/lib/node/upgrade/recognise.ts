/** The first line of every multistream-select negotiation, with its length. */
export const multistreamHeader = '\x13/multistream/1.0.0\n'

const printable = /^[\x20-\x7e\r\n\t]+$/

/** What the first bytes of a connection look like. */
export type Greeting =
  | { kind: 'nothing' }
  | { kind: 'multistream'; lines: string[] }
  | { kind: 'other'; description: string; text: boolean }

/**
 * Recognises who is speaking from the first bytes of a connection.
 *
 * @param bytes - what arrived first, at most 1 KiB
 * @returns the multistream-select lines of a libp2p peer, or a guess at what else it is
 */
export function recognise(bytes: Uint8Array): Greeting {
  if (bytes.length === 0) return { kind: 'nothing' }
  const text = new TextDecoder('latin1').decode(bytes)
  const common = Math.min(text.length, multistreamHeader.length)
  if (text.slice(0, common) === multistreamHeader.slice(0, common))
    return { kind: 'multistream', lines: linesOf(bytes) }
  return { kind: 'other', description: describe(bytes, text), text: printable.test(text.slice(0, 24)) }
}

/**
 * Whether bytes begin with the whole first line of multistream-select: what is random does not.
 *
 * @param bytes - what arrived first
 * @returns true for libp2p in the clear
 */
export function hasGreeting(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, multistreamHeader.length)) === multistreamHeader
}

/** Reads complete multistream-select lines: a varint length, the text, a newline. */
function linesOf(bytes: Uint8Array): string[] {
  const lines: string[] = []
  let at = 0
  while (at < bytes.length) {
    const length = bytes[at] ?? 0
    // lines of 128 bytes and more, and what follows a negotiation, are not of interest here
    if (length === 0 || length > 127 || at + 1 + length > bytes.length || bytes[at + length] !== 0x0a) break
    lines.push(new TextDecoder().decode(bytes.subarray(at + 1, at + length)))
    at += 1 + length
  }
  return lines
}

function describe(bytes: Uint8Array, text: string): string {
  if (/^(?:HTTP\/\d|<!doctype html|<html)/i.test(text)) return 'an HTTP server'
  if (/^(?:GET|POST|HEAD|PUT|OPTIONS|CONNECT) \S+ HTTP\//.test(text)) return 'an HTTP client'
  if (/^SSH-/.test(text)) return 'an SSH server'
  if (/^(?:220|\* OK|\+OK)/.test(text)) return 'a mail or FTP server'
  if (bytes[0] === 0x16 && bytes[1] === 0x03) return 'TLS'
  if (bytes[0] === 0x15 && bytes[1] === 0x03) return 'a TLS alert'
  const shown = text.slice(0, 24)
  return `something that begins ${printable.test(shown) ? JSON.stringify(shown) : hex(bytes.subarray(0, 12))}`
}

function hex(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
