import { defaultBootstrapAddresses } from '../addresses/bootstrap/defaults.ts'
import { findBootstrapList, newBootstrapList, writeBootstrapList } from '../addresses/bootstrap/list-file.ts'
import { type BootstrapPeer, bootstrapPeer } from '../addresses/bootstrap/peer.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import type { BootstrapChangedRecord } from '../records/bootstrap.ts'

/** Where a bootstrap list is. */
interface ListPlace {
  /** the user's configuration directory of this program */
  configDir: string
  list: string
}

/** What became of a bootstrap list. */
export interface BootstrapEdit {
  changed: BootstrapChangedRecord[]
  /** entries that were to be removed and are not there, by their place among the arguments, from 1 */
  missing: Array<{ input: string; index: number; error: ToolkitError }>
  /** for people, one line each */
  notes: string[]
}

/**
 * Adds entries to a bootstrap list. An address that is in the list already is not added again; where all are, nothing
 * is written.
 *
 * @param place - which list; one that is not there is made
 * @param entries - what to add, and whether to add the public peers that the program ships with
 * @returns what became of each entry
 * @throws ToolkitError `usage` where there is nothing to add, `local` where the list cannot be read or written
 */
export async function addToBootstrapList(
  place: ListPlace,
  entries: { addresses: BootstrapPeer[]; defaults: boolean },
): Promise<BootstrapEdit> {
  const adding = [...entries.addresses, ...(entries.defaults ? defaultBootstrapAddresses.map(bootstrapPeer) : [])]
  if (adding.length === 0) throw new ToolkitError('usage', 'nothing to add: give an address, or --defaults')
  const { configDir, list: name } = place
  const list = (await findBootstrapList(configDir, name)) ?? newBootstrapList(name)
  const changed = adding.map((entry) => changedRecord(name, entry, list.add(entry) ? 'added' : 'kept'))
  if (changed.every(({ change }) => change === 'kept')) return { changed, missing: [], notes: [] }
  return { changed, missing: [], notes: [`wrote ${await writeBootstrapList(configDir, name, list)}`] }
}

/**
 * Removes entries from a bootstrap list. Those that are not there do not keep the others from being removed. The file
 * of a list that is empty then stays: an emptied `default` does not become the shipped one again.
 *
 * @param place - which list
 * @param entries - what to remove, or all there is
 * @returns what was removed, and what was not there
 * @throws ToolkitError `usage` for entries beside `all`, or neither; `negative` where there is no such list; `local`
 *   where it cannot be read or written
 */
export async function removeFromBootstrapList(
  place: ListPlace,
  entries: { addresses: BootstrapPeer[]; all: boolean },
): Promise<BootstrapEdit> {
  const { addresses, all } = entries
  if (all && addresses.length > 0) throw new ToolkitError('usage', 'give addresses or --all, not both')
  if (!all && addresses.length === 0) throw new ToolkitError('usage', 'nothing to remove: give an address, or --all')
  const { configDir, list: name } = place
  const list = await findBootstrapList(configDir, name)
  if (list === undefined) throw new ToolkitError('negative', `there is no bootstrap list ${name}`)
  const changed: BootstrapChangedRecord[] = []
  const missing: BootstrapEdit['missing'] = []
  const notThere = new ToolkitError('negative', `not in the bootstrap list ${name}`)
  for (const [index, entry] of (all ? list.peers : addresses).entries()) {
    if (list.remove(entry.address)) changed.push(changedRecord(name, entry, 'removed'))
    else missing.push({ input: entry.address, index: index + 1, error: notThere })
  }
  if (changed.length > 0)
    return { changed, missing, notes: [`wrote ${await writeBootstrapList(configDir, name, list)}`] }
  return { changed, missing, notes: all ? [`the bootstrap list ${name} is empty already`] : [] }
}

function changedRecord(
  list: string,
  { address, peer }: BootstrapPeer,
  change: BootstrapChangedRecord['change'],
): BootstrapChangedRecord {
  return { type: 'bootstrap-changed', list, address, peer, change }
}
