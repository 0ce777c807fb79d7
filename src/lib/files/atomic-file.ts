import { randomUUID } from 'node:crypto'
import { link, lstat, open, realpath, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { fileFailure } from './read-bounded-file.ts'

/** How a file is written. */
interface AtomicWriteOptions {
  /** permission bits, before the umask */
  mode: number
  /** whether a file that exists is replaced */
  overwrite: boolean
  /** what to try next where it exists and is not replaced */
  existsSuggestion?: string
}

/** What link(2) says where the file system has no hard links. */
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Writes a file so that its name only ever stands for the whole content: into a new file beside it, synced, then
 * linked (which fails where the name is taken, also in a race) or renamed over it. A symbolic link is followed when
 * it is overwritten.
 *
 * @param path - the file
 * @param bytes - its content
 * @param options - mode, and whether to overwrite
 * @throws ToolkitError `local` with path and cause; the file is untouched then
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array, options: AtomicWriteOptions): Promise<void> {
  try {
    const target = options.overwrite ? await overwritable(path) : path
    const temporary = join(dirname(target), `.p2p-${randomUUID()}.tmp`)
    try {
      await writeNewFile(temporary, bytes, options.mode)
      await (options.overwrite ? rename(temporary, target) : linkOrClaim(temporary, target))
    } finally {
      // gone already where it was renamed, absent where it could not be made
      await unlink(temporary).catch(() => undefined)
    }
    await syncDirectory(dirname(target))
  } catch (error) {
    if (error instanceof ToolkitError) throw error
    throw writeError(path, error, options)
  }
}

/** The place to rename to. A device or a FIFO would be replaced by a regular file. */
async function overwritable(path: string): Promise<string> {
  const existing = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (existing === undefined) return path
  const target = existing.isSymbolicLink() ? await realpath(path) : path
  if (!(await lstat(target)).isFile()) throw new ToolkitError('local', `cannot write ${path}: it is not a regular file`)
  return target
}

async function writeNewFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode)
  await file.writeFile(bytes)
  await file.sync()
}

async function linkOrClaim(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && noHardLinks.has(String(error.code)))) throw error
    // Claims the name first, so that what is renamed over is this function's own empty file.
    await (await open(target, 'wx', 0o600)).close()
    await rename(temporary, target)
  }
}

/** Makes the new name durable; Windows and some file systems cannot, which does not undo the write. */
async function syncDirectory(path: string): Promise<void> {
  try {
    await using directory = await open(path, 'r')
    await directory.sync()
  } catch {
    return
  }
}

function writeError(path: string, error: unknown, options: AtomicWriteOptions): ToolkitError {
  if (!hasCode(error, 'EEXIST')) {
    return new ToolkitError('local', `cannot write ${path}: ${fileFailure(error)}`, { cause: error })
  }
  const suggestions = options.existsSuggestion === undefined ? [] : [options.existsSuggestion]
  return new ToolkitError('local', `${path} exists and was not replaced`, { cause: error, suggestions })
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
