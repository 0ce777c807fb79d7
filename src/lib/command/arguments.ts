import { Args } from '@oclif/core'
import { parseText } from '../addresses/multiaddr/components.ts'
import { normalForm } from '../addresses/multiaddr/text.ts'
import { barePeerId, networkAddress } from '../addresses/target.ts'
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
 * Parses what names a peer to reach.
 *
 * @param text - what the user wrote: a multiaddr, or a peer ID in any of its encodings
 * @returns the address in canonical text; `/p2p/ID` for a peer ID
 * @throws ToolkitError `usage`
 */
export function canonicalTarget(text: string): string {
  if (!text.startsWith('/') && isPeerId(text)) return `/p2p/${canonicalPeerId(text)}`
  return canonicalAddress(text)
}

/**
 * Parses the address of a peer that is known from the beginning.
 *
 * @param text - what the user wrote
 * @returns the address in canonical text
 * @throws ToolkitError `usage`, for a peer ID alone as well: nobody could be asked for it
 */
export function seedAddress(text: string): string {
  const address = canonicalAddress(text)
  networkAddress(address)
  return address
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

/** One or more peers. */
export const targetArgument = Args.custom<string>({ ignoreStdin: true, parse: async (text) => canonicalTarget(text) })({
  required: true,
  multiple: true,
  description: 'multiaddr of a peer, or a peer ID to look up in the DHT; those of the same peer are alternatives',
})

/** Addresses to listen on, none or more. */
export const listenArgument = Args.custom<string>({
  ignoreStdin: true,
  parse: async (text) => canonicalAddress(text),
})({ multiple: true, description: 'multiaddr to listen on' })

function isPeerId(text: string): boolean {
  try {
    parsePeerId(text)
    return true
  } catch {
    return false
  }
}
