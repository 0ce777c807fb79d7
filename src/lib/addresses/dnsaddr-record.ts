import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { messageOf } from '../errors/causes.ts'
import { parseText } from './multiaddr/components.ts'
import { normalForm } from './multiaddr/text.ts'
import { peerOf } from './target.ts'
import type { Dropped } from './tree-node.ts'

/** Longest TXT record that is read, in characters: long values of components take quadratic time. */
export const longestRecord = 2048

/**
 * Reads a TXT record of `_dnsaddr.NAME`, as
 * https://github.com/multiformats/multiaddr/blob/master/protocols/DNSADDR.md says.
 *
 * @param text - the record, its strings joined
 * @param wanted - peer ID that the address has to end in, where the question names one
 * @returns the address, or why the record is of no use
 */
export function readDnsaddrRecord(text: string, wanted?: string): { address: Multiaddr } | { problem: Dropped } {
  const drop = (name: Dropped['name'], message: string) => ({ problem: { kind: 'dropped', name, message } as const })
  if (!text.startsWith('dnsaddr=')) return drop('not-dnsaddr', 'not a dnsaddr record')
  if (text.length > longestRecord) return drop('too-long', `longer than ${longestRecord} characters`)
  try {
    const address = multiaddr(normalForm(parseText(text.slice('dnsaddr='.length))))
    const peer = peerOf(address)
    if (wanted === undefined || peer === wanted) return { address }
    return drop('other-peer', peer === undefined ? 'names no peer' : 'of another peer')
  } catch (error) {
    // of another, newer kind, perhaps: others of the zone may still do
    return drop('not-a-multiaddr', messageOf(error))
  }
}
