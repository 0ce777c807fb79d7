import { ToolkitError } from '../../errors/toolkit-error.ts'
import { parseText } from '../multiaddr/components.ts'
import { quote } from '../multiaddr/refusal.ts'
import { normalForm } from '../multiaddr/text.ts'
import { networkAddress, peerOf } from '../target.ts'

/** An address to begin with, and the peer that has to be there. */
export interface BootstrapPeer {
  /** multiaddr in canonical text, ending in `/p2p/ID` */
  address: string
  /** that ID, base58btc */
  peer: string
}

/**
 * Reads an address of a bootstrap list, as strictly as every other address. Who is there has to be known beforehand:
 * whoever answers in a bootstrap peer's place chooses which network one sees.
 *
 * @param text - a multiaddr
 * @returns the address in canonical text, and its peer
 * @throws ToolkitError `usage`, layer `address`, for what is no multiaddr, does not end in `/p2p/ID`, or cannot be dialled
 */
export function bootstrapPeer(text: string): BootstrapPeer {
  const address = normalForm(parseText(text))
  const peer = peerOf(networkAddress(address))
  if (peer !== undefined) return { address, peer }
  throw new ToolkitError('usage', `an address to bootstrap from ends in /p2p/ID: "${quote(text)}" does not`, {
    layer: 'address',
    suggestions: ['`p2p dial` shows the ID of who is there'],
  })
}
