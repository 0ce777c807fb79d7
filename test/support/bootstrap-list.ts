import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Result, type Running, run, scratchPath, start } from './cli.ts'

/** The bootstrap lists of a configuration directory of the test's own. */
export interface Lists {
  env: { XDG_CONFIG_HOME: string }
  /** path of a list's file */
  file(name: string): string
  /** what a list's file holds; undefined where there is none */
  read(name: string): string | undefined
  /** writes a list's file by hand */
  write(name: string, content: string | Uint8Array): void
  /** runs the built CLI with this directory */
  run(...args: string[]): Promise<Result>
  /** starts the built CLI with this directory */
  start(...args: string[]): Running
}

/**
 * Makes a configuration directory in which nothing is yet.
 *
 * @returns its bootstrap lists
 */
export function bootstrapLists(): Lists {
  const env = { XDG_CONFIG_HOME: scratchPath('config') }
  const file = (name: string) => join(env.XDG_CONFIG_HOME, 'p2p', 'bootstrap', `${name}.txt`)
  return {
    env,
    file,
    read: (name) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined),
    write: (name, content) => {
      mkdirSync(dirname(file(name)), { recursive: true })
      writeFileSync(file(name), content)
    },
    run: (...args) => run(args, { env }),
    start: (...args) => start(args, { env }),
  }
}
