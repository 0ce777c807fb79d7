import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../lib/process.ts'
import { project, root } from '../lib/project.ts'
import { failureOf, type Step } from '../lib/steps.ts'

/** A project of somebody else: two nodes, one dials the other. */
const program = `import { describeNode, dialTarget, openNode } from 'p2p-toolkit/node'

const listening = await openNode({ listen: ['/ip4/127.0.0.1/tcp/0'] })
const dialling = await openNode()
const addresses = listening.libp2p.getMultiaddrs()
const options = { signal: AbortSignal.timeout(20_000), timeoutMs: 10_000 }
const { connection } = await dialTarget(dialling, { label: 'the other node', addresses }, options)
console.log(JSON.stringify({ reached: connection.remotePeer.equals(listening.peerId), node: describeNode(listening) }))
await dialling[Symbol.asyncDispose]()
await listening[Symbol.asyncDispose]()
`

const settings = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  },
  files: ['main.ts'],
}

/**
 * What scripts that import the package have to be able to do.
 *
 * @param prefix - where the package is installed
 * @param place - a folder to work in
 * @returns the steps
 */
export function exportedLibrary(prefix: string, place: string): Step[] {
  const folder = join(place, 'project')
  return [
    {
      name: `${project.name}/node opens two nodes and dials`,
      check: async () => {
        await mkdir(join(folder, 'node_modules'), { recursive: true })
        const installed = join(prefix, 'lib/node_modules', project.name)
        await symlink(installed, join(folder, 'node_modules', project.name))
        await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}')
        await writeFile(join(folder, 'main.ts'), program)
        await writeFile(join(folder, 'main.js'), program)
        await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
        const outcome = await run(process.execPath, ['main.js'], { cwd: folder })
        return outcome.code === 0 && outcome.stdout.includes('"reached":true')
          ? undefined
          : `${outcome.output}\n(exit ${outcome.code})`
      },
    },
    {
      name: `${project.name}/node has types`,
      check: async () => failureOf(await run(join(root, 'node_modules/.bin/tsc'), ['--project', folder])),
    },
  ]
}
