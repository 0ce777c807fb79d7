import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cleanEnvironment, cliPath, scratchFile, scratchPath } from './cli.ts'

/** Notes every module that is loaded, ES or CommonJS; written when the process exits. */
const recorder = `
import * as module from 'node:module'
import { writeFileSync } from 'node:fs'
if (module.registerHooks === undefined) {
  // Node before 22.15 has hooks on a thread of their own only
  module.register('data:text/javascript,' + encodeURIComponent(
    'import { appendFileSync } from "node:fs"; export async function load(url, context, next) {' +
    'appendFileSync(process.env.P2P_TEST_LOADED, url + "\\\\n"); return next(url, context) }'))
} else {
  const loaded = new Set()
  module.registerHooks({
    load(url, context, next) {
      loaded.add(url)
      return next(url, context)
    },
  })
  process.on('exit', () => writeFileSync(process.env.P2P_TEST_LOADED, [...loaded].join('\\n')))
}
`

/** What a command loaded, and what it came to. */
export interface Loaded {
  code: number | null
  stdout: string
  /** URLs of all modules, Node's own as `node:…` */
  modules: string[]
  /** names of the packages in node_modules that they are from */
  packages: Set<string>
}

/**
 * Runs the built CLI, and lists the modules that it loaded.
 *
 * @param args - the command and its arguments
 * @param through - a command that runs it elsewhere
 * @returns what it loaded
 */
export function loadedBy(args: string[], through: string[] = []): Loaded {
  const hook = scratchPath('recorder.mjs')
  writeFileSync(hook, recorder)
  const list = scratchFile('', 'loaded')
  const env = cleanEnvironment({ P2P_TEST_LOADED: list })
  const [file = '', ...before] = [...through, process.execPath]
  const { status, stdout } = spawnSync(file, [...before, '--import', hook, cliPath, ...args], {
    env,
    encoding: 'utf8',
    input: '',
  })
  const modules = readFileSync(list, 'utf8').split('\n')
  const packages = modules.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1])
  return { code: status, stdout, modules, packages: new Set(packages.filter((name) => name !== undefined)) }
}
