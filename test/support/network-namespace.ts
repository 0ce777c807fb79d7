import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cleanUp } from './cleanup.ts'

/** A network of this test's own: nothing that happens in it reaches a real one. */
export interface NetworkNamespace {
  /** runs a command in it, for `through` of the CLI */
  through: string[]
  /** runs a shell script in it, such as `ip link …` */
  setUp: (script: string) => void
}

const loopbackUp = 'ip link set lo up'
const probe = spawnSync('unshare', ['--map-root-user', '--net', 'sh', '-c', loopbackUp], { encoding: 'utf8' })

/** Why there are no network namespaces here, if there are none. */
export const noNamespaces =
  probe.status === 0 ? undefined : (probe.error?.message ?? probe.stderr.trim().split('\n')[0] ?? 'unshare fails')

if (noNamespaces !== undefined) {
  process.stderr.write(`skipped: mDNS, since no network namespace can be made: ${noNamespaces}\n`)
}

/**
 * Makes a network namespace in which loopback is up; it is gone when the test ends.
 *
 * @param within - a namespace of the same user; a new one without it
 * @returns the namespace
 */
export async function networkNamespace(within?: NetworkNamespace): Promise<NetworkNamespace> {
  const [file = '', ...args] = [...(within?.through ?? []), 'unshare', ...(within ? [] : ['--map-root-user']), '--net']
  // it ends with its stdin, even where this process is killed
  const holder = spawn(file, [...args, 'sh', '-c', `${loopbackUp} && echo up && exec cat`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  cleanUp(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  const through = ['nsenter', '--target', String(holder.pid), '--user', '--net', '--preserve-credentials', '--']
  return {
    through,
    setUp(script) {
      const [command = '', ...before] = through
      execFileSync(command, [...before, 'sh', '-ec', script], { stdio: ['ignore', 'ignore', 'inherit'] })
    },
  }
}

/**
 * Joins two namespaces by a cable.
 *
 * @param one - gets the interface `cable0`, 10.77.0.1
 * @returns another one, with `cable0`, 10.77.0.2
 */
export async function neighbourOf(one: NetworkNamespace): Promise<NetworkNamespace> {
  const other = await networkNamespace(one)
  const pid = other.through[2] ?? ''
  one.setUp(`ip link add cable0 type veth peer name cable0 netns ${pid}
ip address add 10.77.0.1/24 dev cable0
ip link set cable0 up`)
  other.setUp(`ip address add 10.77.0.2/24 dev cable0
ip link set cable0 up`)
  // the kernel takes up to a second to find that the other end is there, and programs see no interface before
  for (const end of [one, other]) end.setUp("until ip link show dev cable0 | grep -q 'state UP'; do sleep 0.02; done")
  return other
}
