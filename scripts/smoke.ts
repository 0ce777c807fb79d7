/** The packed tarball, installed elsewhere, does its job: `npm run smoke`. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './lib/process.ts'
import { failureOf, runSteps } from './lib/steps.ts'
import { exportedLibrary } from './smoke/exported-library.ts'
import { installedCli } from './smoke/installed-cli.ts'
import { tarballContents } from './smoke/tarball.ts'

const place = await mkdtemp(join(tmpdir(), 'p2p-smoke-'))
const prefix = join(place, 'prefix')
await mkdir(prefix)
let tarball = ''

const pack = {
  name: 'npm pack',
  check: async () => {
    const failure = failureOf(await run('npm', ['pack', '--pack-destination', place], { timeoutMs: 180_000 }))
    tarball = join(place, (await readdir(place)).find((name) => name.endsWith('.tgz')) ?? '')
    return failure
  },
}
const install = {
  name: 'npm install --global, into a folder of its own',
  check: async () =>
    failureOf(
      await run('npm', ['install', '--global', '--prefix', prefix, tarball], { cwd: place, timeoutMs: 300_000 }),
    ),
}

try {
  await runSteps([
    pack,
    { name: 'the tarball holds what is run, and nothing else', check: () => tarballContents(tarball) },
    install,
    ...installedCli(prefix, place),
    ...exportedLibrary(prefix, place),
  ])
} finally {
  await rm(place, { recursive: true, force: true })
}
