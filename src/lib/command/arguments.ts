import { Args } from '@oclif/core'
import { parseText } from '../addresses/multiaddr/components.ts'
import { normalForm } from '../addresses/multiaddr/text.ts'
import { barePeerId } from '../addresses/target.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { formatPeerId, parsePeerId } from '../keys/peer-id.ts'

/**
 * Parses a multiaddr.
 *
 * @param text - what the user wrote
 * @returns the address in canonical text
 * @throws ToolkitError `usage`, with a hint where it is a peer ID without an address
 */
export function canonicalAddress(text: string): string {
  if (!text.startsWith('/') && isPeerId(text)) throw barePeerId(text)
  return normalForm(parseText(text))
}

/**
 * Parses a peer ID in any of its encodings.
 *
 * @param text - what the user wrote
 * @returns base58btc text
 * @throws ToolkitError `usage`
 */
export function canonicalPeerId(text: string): string {
  return formatPeerId(parsePeerId(text))
}

/** multistream-select sends an ID in one line of at most this many bytes. */
const longestProtocolId = 1023

/**
 * Parses a protocol ID.
 *
 * @param text - what the user wrote
 * @returns the same text
 * @throws ToolkitError `usage` for what multistream-select cannot send
 */
export function protocolId(text: string): string {
  const bytes = Buffer.byteLength(text)
  if (bytes > 0 && bytes < longestProtocolId && !text.includes('\n')) return text
  throw new ToolkitError('usage', `not a protocol ID: ${JSON.stringify(text.slice(0, 64))}`, {
    suggestions: ['protocol IDs look like /echo/1.0.0'],
  })
}

const address = Args.custom<string>({ ignoreStdin: true, parse: async (text) => canonicalAddress(text) })

/** One or more addresses of peers. */
export const targetArgument = address({
  required: true,
  multiple: true,
  description: 'multiaddr of a peer; those ending in the same /p2p/ID are alternatives',
})

/** Addresses to listen on, none or more. */
export const listenArgument = address({ multiple: true, description: 'multiaddr to listen on' })

function isPeerId(text: string): boolean {
  try {
    parsePeerId(text)
    return true
  } catch {
    return false
  }
}
