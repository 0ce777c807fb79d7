import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { environmentWith, type Outcome, run } from '../lib/process.ts'
import { project } from '../lib/project.ts'
import type { Step } from '../lib/steps.ts'

/** The folder of the Node.js that runs this, for the `env node` of the installed program. */
const nodeFolder = dirname(process.execPath)

/**
 * What the installed CLI has to do.
 *
 * @param prefix - where it is installed
 * @param place - a folder to work in
 * @returns the steps
 */
export function installedCli(prefix: string, place: string): Step[] {
  const program = join(prefix, 'bin/p2p')
  const options = { cwd: place, env: environmentWith(nodeFolder) }
  const p2p = (...args: string[]) => run(program, args, options)
  return [
    {
      name: 'no dev dependency came along',
      check: async () => {
        const modules = join(prefix, 'lib/node_modules', project.name, 'node_modules')
        const found = ['zod', 'vitest', 'oclif', 'typescript', 'node'].filter((name) => existsSync(join(modules, name)))
        return found.length === 0 ? undefined : `installed: ${found.join(', ')}`
      },
    },
    {
      name: 'p2p --version',
      check: async () => mismatch(await p2p('--version'), `${project.name}/${project.version}`),
    },
    { name: 'p2p help', check: async () => mismatch(await p2p('help'), 'identify') },
    {
      name: 'p2p maddr parse',
      check: async () =>
        mismatch(await p2p('maddr', 'parse', '--json', '/ip4/127.0.0.1/tcp/4001'), '"packed":"0x047f000001060fa1"'),
    },
    {
      name: 'p2p keygen, and key inspect',
      check: async () =>
        mismatch(await p2p('keygen', '--output', 'node.pem', '--json'), '"type":"key"') ??
        mismatch(await p2p('key', 'inspect', 'node.pem', '--json'), '"keyType":"ed25519"'),
    },
    { name: 'p2p listen, and ping to it', check: () => pingListener(program, place) },
    {
      name: 'an unreachable peer ends in exit code 4',
      check: async () => {
        const outcome = await p2p('dial', '--inspect-file', 'trace.ndjson', '/ip4/127.0.0.1/tcp/1')
        return outcome.code === 4 ? undefined : `exit ${outcome.code}\n${outcome.output}`
      },
    },
    {
      name: 'p2p inspect view of its trace, as text and as a page',
      check: async () =>
        mismatch(await p2p('inspect', 'view', 'trace.ndjson'), 'c1 → /ip4/127.0.0.1/tcp/1') ??
        mismatch(await p2p('inspect', 'view', '--html', '-', 'trace.ndjson'), "default-src 'none'"),
    },
  ]
}

async function pingListener(program: string, place: string): Promise<string | undefined> {
  const env = environmentWith(nodeFolder)
  const file = join(place, 'addresses')
  const args = ['listen', '--key', 'node.pem', '--address-file', file, '--for', '60s']
  const listener = spawn(program, args, { cwd: place, env, stdio: 'ignore' })
  try {
    for (let waited = 0; !existsSync(file); waited += 50) {
      if (waited > 20_000 || listener.exitCode !== null) return 'p2p listen did not write its addresses'
      await setTimeout(50)
    }
    for (const address of readFileSync(file, 'utf8').trim().split('\n')) {
      const pinged = await run(program, ['ping', '--count', '2', '--interval', '50ms', '--json', address], {
        cwd: place,
        env,
      })
      const wrong = mismatch(pinged, '"received":2')
      if (wrong !== undefined) return `${address}\n${wrong}`
    }
    return undefined
  } finally {
    listener.kill('SIGKILL')
  }
}

function mismatch({ code, stdout, output }: Outcome, wanted: string): string | undefined {
  return code === 0 && stdout.includes(wanted) ? undefined : `no ${wanted} in\n${output}\n(exit ${code})`
}
