import type { Dirent } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { LevelDatastore } from 'datastore-level'
import { causesOf, codeOf, messageOf } from '../../errors/causes.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { Backend } from './datastore.ts'

/** What LevelDB leaves behind when it is killed before its folder is complete: there is no CURRENT then. */
const unfinished = /^(?:LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(?:dbtmp|log))$/

/**
 * Opens a LevelDB folder, for this process alone.
 *
 * @param path - the folder; it is made, for its owner only, where there is none; its parent has to be there
 * @returns the datastore
 * @throws ToolkitError `local` where another process has it open, where it is something else, and where it cannot be
 *   read or written
 */
export async function openFolder(path: string): Promise<Backend> {
  try {
    await makeFolder(path)
    refuseOther(path, await readdir(path, { withFileTypes: true }))
    const store = new LevelDatastore(path)
    // not by its own open(), which keeps no more of an error than its text; Go does not compress either
    await store.db.open({ createIfMissing: true, compression: false })
    return { store, explain: (error) => explained(path, error), close: () => store.close() }
  } catch (error) {
    throw error instanceof ToolkitError ? error : explained(path, error)
  }
}

/** Not with its parents: a name that was mistyped is noticed, and Node makes those of a place in /proc for ever. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** LevelDB would write its files between those of others, remove what is named like its own, and wait for a pipe for ever. */
function refuseOther(path: string, entries: Dirent[]): void {
  const isOther = entries.some(({ name }) => name === 'CURRENT')
    ? (entry: Dirent) => entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice()
    : (entry: Dirent) => !entry.isFile() || !unfinished.test(entry.name)
  const other = entries.find(isOther)?.name
  if (other === undefined) return
  throw new ToolkitError('local', `${path} is not a datastore: it holds ${JSON.stringify(other.slice(0, 80))}`, {
    suggestions: ['give a folder that is empty, or is not there yet'],
  })
}

function explained(path: string, error: unknown): ToolkitError {
  const codes = [codeOf(error), ...causesOf(error).map(({ code }) => code)]
  if (codes.includes('LEVEL_LOCKED')) {
    return new ToolkitError('local', `the datastore ${path} is in use: another process has it open`, {
      cause: error,
      suggestions: ['end that process, or give each a folder of its own'],
    })
  }
  const reason = causesOf(error).at(-1)?.message ?? messageOf(error)
  return new ToolkitError('local', `cannot use the datastore ${path}: ${reason}`, {
    cause: error,
    ...(codes.includes('LEVEL_CORRUPTION') && { suggestions: ['move the folder away to begin a new one'] }),
  })
}
