import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentWith, run } from '../lib/process.ts'
import { root } from '../lib/project.ts'

/** A Node.js that was fetched. */
export interface InstalledNode {
  version: string
  /** the program */
  path: string
  /** the folder it is in */
  folder: string
}

/**
 * Fetches the npm package `node` into the cache folder, unless it is there.
 *
 * @param range - a version or a major version
 * @returns the program
 * @throws Error when the registry does not give it
 */
export async function installNode(range: string): Promise<InstalledNode> {
  const cache = join(root, '.cache/nodes', range)
  await mkdir(cache, { recursive: true })
  // the package fetches its binary in an install script, which npm runs only where it is allowed
  const manifest = { private: true, dependencies: { node: range }, allowScripts: { node: true } }
  await writeFile(join(cache, 'package.json'), JSON.stringify(manifest))
  const folder = join(cache, 'node_modules/node/bin')
  const path = join(folder, 'node')
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: cache, env: environmentWith(join(root, 'node_modules/node/bin')), timeoutMs: 180_000 }
  const installed = await run('npm', args, options)
  const { code, stdout } = await run(path, ['--version'])
  const version = stdout.trim().slice(1)
  if (installed.code !== 0 || code !== 0 || !`${version}.`.startsWith(`${range}.`)) {
    throw new Error(`node@${range} could not be fetched: ${installed.output.trim() || version}`)
  }
  return { version, path, folder }
}
