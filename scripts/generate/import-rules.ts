import type { Generated } from './generated.ts'

/** Which folder of src/lib may import which others; type-only imports count. */
const mayImport = {
  command: ['node', 'output', 'inspect', 'errors', 'addresses', 'keys', 'files'],
  operations: ['node', 'protocols', 'inspect', 'addresses', 'keys', 'errors', 'records', 'files'],
  node: ['protocols', 'inspect', 'addresses', 'keys', 'errors'],
  protocols: ['inspect', 'addresses', 'keys', 'errors'],
  output: ['records', 'inspect', 'errors'],
  addresses: ['inspect', 'errors', 'files'],
  keys: ['inspect', 'errors', 'files'],
  errors: ['inspect'],
  files: ['errors'],
  inspect: [],
  records: [],
}
const commandsMayImport = ['command', 'operations', 'output', 'addresses', 'keys', 'errors', 'files']

/** How many levels of folders there may be below src/lib. */
const deepest = 4

const oclif = { group: ['@oclif/**'], message: 'only commands/ and lib/command/ know oclif' }
const zod = { group: ['zod', 'zod/**'], message: 'only lib/records knows zod: it does not ship' }
const processModules = {
  group: ['process', 'console', 'node:process', 'node:console'],
  message: 'only bin/, lib/command/ and the sink know the process',
}
const unknownFolder = {
  group: ['../**'],
  message: 'a new folder: say in scripts/generate/import-rules.ts what it may import',
}

/**
 * Makes the linter's import rules from the table above: each folder is denied every path out of
 * itself but the ones it may import.
 *
 * @returns the part of Biome's configuration
 */
export function importRules(): Generated {
  const overrides = [
    override('src/lib/**', [oclif, zod, processModules, unknownFolder]),
    override('src/commands/**', [
      zod,
      processModules,
      {
        group: ['**/lib/**', ...commandsMayImport.map((name) => `!**/lib/${name}/**`)],
        message: says('commands', commandsMayImport),
      },
    ]),
    ...Object.entries(mayImport).flatMap(([folder, others]) => folderRules(folder, others)),
  ]
  return { files: new Map([['scripts/lint/folders.json', `${JSON.stringify({ overrides }, undefined, 2)}\n`]]) }
}

function folderRules(folder: string, others: string[]) {
  const patterns = [...(folder === 'command' ? [] : [oclif, processModules]), ...(folder === 'records' ? [] : [zod])]
  return Array.from({ length: deepest }, (_, depth) => {
    // a path leaves the folder with as many steps up as the file lies deep
    const out = '../'.repeat(depth + 1)
    const group = [`${out}**`, ...others.map((other) => `!${out}${other}/**`)]
    return override(`src/lib/${folder}/${'*/'.repeat(depth)}*.ts`, [
      ...patterns,
      { group, message: says(folder, others) },
    ])
  })
}

function says(folder: string, others: string[]): string {
  return others.length === 0 ? `${folder} imports no other folder` : `${folder} imports only ${others.join(', ')}`
}

function override(includes: string, patterns: Array<{ group: string[]; message: string }>) {
  const noRestrictedImports = { level: 'error', options: { patterns } }
  return { includes: [includes], linter: { rules: { style: { noRestrictedImports } } } }
}
