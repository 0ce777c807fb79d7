import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { run } from '../../scripts/lib/process.ts'

/** The other implementations, in the order of the table. */
export const implementations = ['go', 'python'] as const
export type Implementation = (typeof implementations)[number]

/** How a peer is started, or why it cannot be on this machine. */
export type Built = { command: string; args: string[] } | { skipped: string }

declare module 'vitest' {
  interface ProvidedContext {
    peers: Record<Implementation, Built>
    /** an S3-compatible server, for datastores */
    s3: Built
  }
}

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../.cache/interop/', import.meta.url))
/** Fetching and compiling everything for the first time, on two cores. */
const buildWithinMs = 900_000

/** Builds the peers once for all test files, or finds them built; a missing toolchain skips one. */
export async function setup(project: TestProject): Promise<void> {
  await mkdir(cache, { recursive: true })
  const [go, python, s3] = await Promise.all([buildGo(), buildPython(), buildS3Server()])
  project.provide('peers', { go, python })
  project.provide('s3', s3)
}

async function buildGo(): Promise<Built> {
  const { code } = await run('go', ['version'])
  if (code !== 0) return { skipped: 'Go is not installed here' }
  const peer = join(cache, 'go-peer')
  await finish('the Go peer', 'go', ['build', '-o', peer, '.'], join(here, 'go'))
  return { command: peer, args: [] }
}

/** https://github.com/versity/versitygw */
async function buildS3Server(): Promise<Built> {
  const { code } = await run('go', ['version'])
  if (code !== 0) return { skipped: 'Go is not installed here' }
  const version = 'v1.8.0'
  const folder = join(cache, `versitygw-${version}`)
  const command = join(folder, 'versitygw')
  if (!existsSync(command)) {
    // as long as it is not complete, it is not in its place
    const env = { ...process.env, GOBIN: join(folder, 'incomplete') }
    await finish('the S3 server', 'go', ['install', `github.com/versity/versitygw/cmd/versitygw@${version}`], here, env)
    await rename(join(folder, 'incomplete/versitygw'), command)
  }
  return { command, args: [] }
}

async function buildPython(): Promise<Built> {
  const interpreter = await pythonInterpreter()
  if (interpreter === undefined) return { skipped: 'Python 3.10 or later is not installed here' }
  const requirements = join(here, 'python/requirements.txt')
  const hash = createHash('sha256').update(interpreter.version).update(readFileSync(requirements)).digest('hex')
  const folder = join(cache, `python-${hash.slice(0, 16)}`)
  if (!existsSync(join(folder, 'complete'))) {
    await rm(folder, { recursive: true, force: true })
    await finish('a Python environment', interpreter.command, ['-m', 'venv', folder])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
    await finish('the Python peer', join(folder, 'bin/python'), pip)
    await writeFile(join(folder, 'incomplete'), '')
    await rename(join(folder, 'incomplete'), join(folder, 'complete'))
  }
  return { command: join(folder, 'bin/python'), args: [join(here, 'python/peer.py')] }
}

async function pythonInterpreter(): Promise<{ command: string; version: string } | undefined> {
  const probe = 'import sys, venv, ensurepip; print(sys.version); sys.exit(sys.version_info < (3, 10))'
  for (const command of ['python3', 'python']) {
    const { code, stdout } = await run(command, ['-c', probe])
    if (code === 0) return { command, version: stdout }
  }
  return undefined
}

async function finish(
  what: string,
  command: string,
  args: string[],
  cwd = here,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const { code, output } = await run(command, args, { cwd, env, timeoutMs: buildWithinMs })
  if (code !== 0) throw new Error(`${what} could not be built (${code}):\n${output}`)
}
