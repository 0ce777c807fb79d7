import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The entry point of the CLI. */
export const cli = `${root}bin/run.js`

/** What package.json says. */
export const project: { name: string; version: string } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
