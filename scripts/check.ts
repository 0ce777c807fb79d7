/** Everything that can be known of the repository without running its tests: `npm run check`. */
import { generators } from './generate/all.ts'
import { differences, readIfThere } from './generate/generated.ts'
import { run } from './lib/process.ts'
import { failureOf, runSteps, type Step } from './lib/steps.ts'
import { type LockFile, unlocked } from './lock/lock-file.ts'

const script = (name: string, script: string): Step => ({
  name,
  check: async () => failureOf(await run('npm', ['run', '--silent', script], { timeoutMs: 300_000 })),
})

const generated = Object.entries(generators).map(
  ([name, generate]): Step => ({
    name: `${name} regenerated`,
    check: async () => {
      const found = await differences(await generate())
      return found.length === 0 ? undefined : found.map(({ path, state }) => `${path}: ${state}`).join('\n')
    },
    mend: 'npm run generate, and commit what it changed',
  }),
)

const lockFile: Step = {
  name: 'lock file whole, and without registry addresses',
  check: async () => {
    const lock: LockFile = JSON.parse((await readIfThere('package-lock.json')) ?? '{"packages":{}}')
    const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)
    const wrong = [
      ...resolved.map(([path]) => `${path} carries "resolved"`),
      ...unlocked(lock).map(({ name, version }) => `${name}@${version} is left out: npm ci will refuse the file`),
    ]
    return wrong.length === 0 ? undefined : wrong.join('\n')
  },
  mend: 'npm run lock',
}

const build = script('build: types of src', 'build')

await runSteps(
  [
    build,
    script('types of tests and scripts', 'types'),
    {
      ...script('Biome: format, lint, import rules, cycles', 'lint'),
      mend: 'npx biome check --write, for format and order of imports; the rest by hand',
    },
    script('knip: nothing unused, nothing unlisted', 'unused'),
    ...generated,
    lockFile,
  ],
  build,
)
