/** Writes every generated file of the repository, from built code; with `--check`, says what would change. */
import { generators } from './generate/all.ts'
import { differences, write } from './generate/generated.ts'

const checkOnly = process.argv.includes('--check')
for (const [name, generate] of Object.entries(generators)) {
  const generated = await generate()
  const changed = checkOnly ? await differences(generated) : await write(generated)
  const list = changed.map(({ path, state }) => `${path} (${state})`)
  console.log(`${name}: ${list.length === 0 ? 'up to date' : list.join(', ')}`)
  if (checkOnly && list.length > 0) process.exitCode = 1
}
if (process.exitCode === 1) console.log('npm run generate mends it')
