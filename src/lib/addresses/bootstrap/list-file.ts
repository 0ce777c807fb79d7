import { isUtf8 } from 'node:buffer'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import { writeFileAtomically } from '../../files/atomic-file.ts'
import { fileFailure, readBoundedFile } from '../../files/read-bounded-file.ts'
import { defaultBootstrapAddresses } from './defaults.ts'
import { BootstrapList } from './list.ts'
import { type BootstrapPeer, bootstrapPeer } from './peer.ts'

/** The list that is meant where none is named. */
export const defaultListName = 'default'

/** Largest list that is read or written, some 3,000 addresses, in bytes. */
const maxFileBytes = 256 * 1024

/**
 * Checks the name of a list: it is that of a file, on every system.
 *
 * @param name - what the user wrote
 * @returns the same text
 * @throws ToolkitError `usage` unless it is 1 to 64 lower-case letters, digits and hyphens
 */
export function bootstrapListName(name: string): string {
  if (/^[a-z0-9-]{1,64}$/.test(name)) return name
  throw new ToolkitError('usage', `not the name of a list: ${JSON.stringify(name.slice(0, 80))}`, {
    suggestions: ['a name is 1 to 64 lower-case letters, digits and hyphens'],
  })
}

/**
 * Reads a bootstrap list. The list `default` holds the public peers of the Amino DHT until it is changed.
 *
 * @param configDir - the user's configuration directory of this program
 * @param name - the list's name
 * @returns its entries in order, each address once; none where the list was emptied
 * @throws ToolkitError `usage` for what is no name; `local` where there is no list of that name, or its file cannot be
 *   read, with the number of the line that is malformed
 */
export async function readBootstrapList(configDir: string, name: string): Promise<BootstrapPeer[]> {
  const list = await findBootstrapList(configDir, name)
  if (list !== undefined) return list.peers
  throw new ToolkitError('local', `there is no bootstrap list ${name}`, { suggestions: [howToAdd(name)] })
}

/**
 * Reads a bootstrap list whose peers are to be asked.
 *
 * @param configDir - the user's configuration directory of this program
 * @param name - the list's name
 * @returns its entries, one at least
 * @throws ToolkitError as `readBootstrapList` does, and `unreachable` where the list is empty
 */
export async function bootstrapPeersToAsk(configDir: string, name: string): Promise<BootstrapPeer[]> {
  const peers = await readBootstrapList(configDir, name)
  if (peers.length > 0) return peers
  throw new ToolkitError('unreachable', `no peers to ask: the bootstrap list ${name} is empty`, {
    layer: 'address',
    suggestions: [howToAdd(name)],
  })
}

/**
 * Finds a bootstrap list, to change it.
 *
 * @param configDir - the user's configuration directory of this program
 * @param name - the list's name
 * @returns the list; the shipped one for `default` where it was never changed; undefined where there is none
 * @throws ToolkitError as `readBootstrapList` does, but for a list that is not there
 */
export async function findBootstrapList(configDir: string, name: string): Promise<BootstrapList | undefined> {
  const path = pathOf(configDir, name)
  const bytes = await bytesOf(path)
  if (bytes !== undefined) return new BootstrapList(decoded(bytes, path), path)
  if (name !== defaultListName) return undefined
  const list = newBootstrapList(name)
  for (const address of defaultBootstrapAddresses) list.add(bootstrapPeer(address))
  return list
}

/**
 * Makes a bootstrap list, in memory.
 *
 * @param name - the list's name
 * @returns a list without entries, with a comment that says what it is
 */
export function newBootstrapList(name: string): BootstrapList {
  const heading = `# The bootstrap list ${name} of p2p: a multiaddr a line, ending in /p2p/ID; # begins a comment.\n`
  return new BootstrapList(heading, name)
}

/**
 * Writes a bootstrap list, atomically, and makes its folder where there is none.
 *
 * @param configDir - the user's configuration directory of this program
 * @param name - the list's name
 * @param list - what to write
 * @returns the path of its file
 * @throws ToolkitError `local` with path and cause; the file is untouched then
 */
export async function writeBootstrapList(configDir: string, name: string, list: BootstrapList): Promise<string> {
  const path = pathOf(configDir, name)
  const bytes = new TextEncoder().encode(list.toString())
  if (bytes.length > maxFileBytes) {
    throw new ToolkitError('local', `cannot write ${path}: a list of more than ${maxFileBytes} bytes is not read`)
  }
  try {
    // XDG Base Directory Specification 0.8, "Referencing this specification": 0700
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ToolkitError('local', `cannot make the folder ${dirname(path)}: ${fileFailure(error)}`, { cause: error })
  }
  await writeFileAtomically(path, bytes, { mode: 0o644, overwrite: true })
  return path
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return (await readBoundedFile(path, maxFileBytes)).bytes
  } catch (error) {
    if (error instanceof ToolkitError && codeOf(error.cause) === 'ENOENT') return undefined
    throw error
  }
}

/** What is not UTF-8 would be lost when the file is written again. */
function decoded(bytes: Uint8Array, path: string): string {
  const text = Buffer.from(bytes).toString('utf8')
  if (isUtf8(bytes)) return text
  const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length
  throw new ToolkitError('local', `${path}:${line}: this is not UTF-8 text`)
}

function pathOf(configDir: string, name: string): string {
  return join(configDir, 'bootstrap', `${bootstrapListName(name)}.txt`)
}

/** Only the default list is one for the public peers. */
function howToAdd(name: string): string {
  if (name === defaultListName) return 'add the public peers with `p2p bootstrap add --defaults`, or others by address'
  return `add peers with \`p2p bootstrap add --list ${name} ADDR\``
}
