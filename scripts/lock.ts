/** Completes package-lock.json after npm has written it: `npm run lock`. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './lib/project.ts'
import { completed, type LockFile, unlocked } from './lock/lock-file.ts'

const path = join(root, 'package-lock.json')
const lock: LockFile = JSON.parse(await readFile(path, 'utf8'))
for (const entry of Object.values(lock.packages)) delete entry.resolved
const added = unlocked(lock)
await writeFile(path, `${JSON.stringify(completed(lock), undefined, 2)}\n`)
console.log(`package-lock.json: ${added.length} optional dependencies added`)
