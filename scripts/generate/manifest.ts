import { type Interfaces, Plugin } from '@oclif/core'
import { root } from '../lib/project.ts'
import type { Generated } from './generated.ts'

/**
 * Reads the commands from the built code.
 *
 * @returns what oclif reads instead of loading every command
 */
export async function readManifest(): Promise<Interfaces.Manifest> {
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  // oclif lists the folders of commands in whatever order they answer
  const commands = Object.entries(plugin.manifest.commands).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { ...plugin.manifest, commands: Object.fromEntries(commands) }
}

/**
 * Makes oclif's manifest as `oclif manifest` does, without that tool's 180 packages.
 *
 * @returns oclif.manifest.json
 */
export async function manifest(): Promise<Generated> {
  const text = JSON.stringify(await readManifest(), undefined, 2)
  return { files: new Map([['oclif.manifest.json', text]]) }
}
