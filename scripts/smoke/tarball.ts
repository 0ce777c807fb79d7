import { run } from '../lib/process.ts'

const needed = [
  'assets/trace-page/page.html',
  'bin/run.js',
  'dist/commands/ping.js',
  'dist/lib/node/node.js',
  'dist/lib/node/node.d.ts',
  'oclif.manifest.json',
  'schemas/dialed.json',
  'LICENSE-APACHE',
  'LICENSE-MIT',
  'README.md',
  'CHANGELOG.md',
]
const allowed =
  /^(package\.json|(README|CHANGELOG)\.md|LICENSE-(APACHE|MIT)|oclif\.manifest\.json|(assets|bin|dist|docs|schemas)\/.+)$/
const refused = /^dist\/lib\/records\/|\.test\.|(?<!\.d)\.ts$/

/**
 * Looks into a tarball for what is missing, and for what should not be there.
 *
 * @param tarball - as npm packed it
 * @returns what is wrong
 */
export async function tarballContents(tarball: string): Promise<string | undefined> {
  const { code, stdout, output } = await run('tar', ['-tzf', tarball])
  if (code !== 0) return output
  const files = stdout
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
  const wrong = [
    ...needed.filter((path) => !files.includes(path)).map((path) => `missing: ${path}`),
    ...files.filter((path) => !allowed.test(path) || refused.test(path)).map((path) => `should not be there: ${path}`),
  ]
  return wrong.length === 0 ? undefined : wrong.join('\n')
}
