import { ToolkitError } from '../errors/toolkit-error.ts'
import type { DhtKey } from './dht-key.ts'
import { formatPeerId, formatPeerIdCid, parsePeerId } from './peer-id.ts'
import { quoted } from './quoted.ts'

/** An IPNS name: the public key of whoever may say what it stands for. */
export interface IpnsName {
  /** CIDv1 of codec libp2p-key in base36 (IPNS spec, "IPNS Name") */
  text: string
  /** of its record in a DHT */
  key: DhtKey
}

/**
 * Reads an IPNS name.
 *
 * @param text - a peer ID in any of its encodings, with or without `/ipns/` before it
 * @returns the name
 * @throws ToolkitError `usage` for anything else, DNS names among them
 */
export function parseIpnsName(text: string): IpnsName {
  try {
    return ipnsNameOf(parsePeerId(text.replace(/^\/ipns\//, '')).multihash)
  } catch (cause) {
    throw new ToolkitError('usage', `not an IPNS name: ${quoted(text)}: it holds no peer ID`, {
      layer: 'identity',
      suggestions: ['write k51…, 12D3Koo… or /ipns/k51…'],
      cause,
    })
  }
}

/**
 * The IPNS name of a public key.
 *
 * @param multihash - its peer ID
 * @returns the name
 */
export function ipnsNameOf(multihash: Uint8Array): IpnsName {
  const bytes = Uint8Array.from(Buffer.concat([Buffer.from('/ipns/'), multihash]))
  return {
    text: formatPeerIdCid({ multihash }, 'base36'),
    key: { bytes, text: `/ipns/${formatPeerId({ multihash })}` },
  }
}
