import { ToolkitError } from '../errors/toolkit-error.ts'
import { cidOf } from './dht-key.ts'
import { parseIpnsName } from './ipns-name.ts'

/**
 * Reads what an IPNS name is to stand for.
 *
 * @param text - `/ipfs/CID`, `/ipns/…`, either with a path behind it, a CID, or a peer ID, which is a name
 * @returns the content path
 * @throws ToolkitError `usage` for anything else
 */
export function parseIpnsValue(text: string): string {
  const [, namespace, root = ''] = /^\/(ipfs|ipns)\/([^/\s]+)(?:\/.*)?$/.exec(text) ?? []
  if (namespace === 'ipns' || (namespace === 'ipfs' && cidOf(root) !== undefined)) return text
  const name = nameOf(text)
  if (name !== undefined) return name
  const cid = text.startsWith('/') ? undefined : cidOf(text)
  if (cid !== undefined) return `/ipfs/${cid}`
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  throw new ToolkitError('usage', `not a value of an IPNS record: ${JSON.stringify(shown)}`, {
    layer: 'routing',
    suggestions: ['write /ipfs/CID, a CID, or /ipns/NAME'],
  })
}

/** A CID of a peer ID is a name, and so is the peer ID. */
function nameOf(text: string): string | undefined {
  try {
    return `/ipns/${parseIpnsName(text).text}`
  } catch {
    return undefined
  }
}
