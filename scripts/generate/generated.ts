import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from '../lib/project.ts'

/** Files that are made from code. */
export interface Generated {
  /** text by path within the repository */
  files: Map<string, string>
  /** a folder in which there is nothing else */
  folder?: string
}

/** A generated file that is not as it should be. */
export interface Difference {
  path: string
  state: 'missing' | 'differs' | 'superfluous'
}

/**
 * Compares generated files with those of the working tree.
 *
 * @param generated - what there should be
 * @returns every difference
 */
export async function differences({ files, folder }: Generated): Promise<Difference[]> {
  const found: Difference[] = []
  for (const [path, text] of files) {
    const present = await readIfThere(path)
    if (present === undefined) found.push({ path, state: 'missing' })
    else if (present !== text) found.push({ path, state: 'differs' })
  }
  for (const path of await superfluous({ files, folder })) found.push({ path, state: 'superfluous' })
  return found
}

/**
 * Writes generated files into the working tree, and removes what should not be beside them.
 *
 * @param generated - what there should be
 * @returns what was changed
 */
export async function write(generated: Generated): Promise<Difference[]> {
  const changed = await differences(generated)
  for (const { path, state } of changed) {
    const file = join(root, path)
    if (state === 'superfluous') await rm(file)
    else {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, generated.files.get(path) ?? '')
    }
  }
  return changed
}

/**
 * Reads a file of the working tree.
 *
 * @param path - within the repository
 * @returns its text, if it is there
 */
export async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(join(root, path), 'utf8').catch(() => undefined)
}

async function superfluous({ files, folder }: Generated): Promise<string[]> {
  if (folder === undefined) return []
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((path) => !files.has(path))
}
