import { ToolkitError } from '../errors/toolkit-error.ts'
import { cidOf } from './dht-key.ts'
import { parseIpnsName } from './ipns-name.ts'
import { quoted } from './quoted.ts'

/** Multicodec table. */
const libp2pKeyCode = 0x72

/**
 * Reads what an IPNS name is to stand for.
 *
 * @param text - `/ipfs/CID`, `/ipns/…`, either with a path behind it, a CID, or a name
 * @returns the content path
 * @throws ToolkitError `usage` for anything else
 */
export function parseIpnsValue(text: string): string {
  const [, namespace, root = ''] = /^\/(ipfs|ipns)\/([^/\s]+)(?:\/(?:.*\S)?)?$/.exec(text) ?? []
  if (namespace === 'ipns' || (namespace === 'ipfs' && cidOf(root) !== undefined)) return text
  // of CIDv0 and peer IDs, which look the same where they start with Qm, this is a CID
  const cid = text.startsWith('/') ? undefined : cidOf(text)
  if (cid !== undefined && cid.code !== libp2pKeyCode) return `/ipfs/${cid}`
  const name = nameOf(text)
  if (name !== undefined) return name
  throw new ToolkitError('usage', `not a value of an IPNS record: ${quoted(text)}`, {
    layer: 'routing',
    suggestions: ['write /ipfs/CID, a CID, or /ipns/NAME'],
  })
}

/** Names are peer IDs, in any of their encodings. */
function nameOf(text: string): string | undefined {
  try {
    return `/ipns/${parseIpnsName(text).text}`
  } catch {
    return undefined
  }
}
