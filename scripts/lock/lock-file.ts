/** What is read of package-lock.json. */
interface LockedPackage {
  version?: string
  resolved?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
  [key: string]: unknown
}

/** A lock file, parsed. */
export interface LockFile {
  packages: Record<string, LockedPackage>
  [key: string]: unknown
}

/** An optional dependency that the lock file leaves out. */
export interface Unlocked {
  name: string
  version: string
  dev: boolean
}

/**
 * Finds the optional dependencies without an entry. A registry that serves one platform alone makes
 * npm leave out those of the others, and then `npm ci` refuses the file.
 *
 * @param lock - the lock file
 * @returns what is left out
 */
export function unlocked({ packages }: LockFile): Unlocked[] {
  return Object.entries(packages).flatMap(([path, { dev = false, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isLocked(packages, path, name))
      .map(([name, version]) => ({ name, version, dev })),
  )
}

/**
 * Adds the entries that are left out, each for the platform that its name says.
 *
 * @param lock - the lock file
 * @returns a copy with every entry, in npm's order
 * @throws Error for a name that says no platform, or a version that is a range
 */
export function completed(lock: LockFile): LockFile {
  const added = unlocked(lock).map(({ name, version, dev }): [string, LockedPackage] => {
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name}@${version}: the version is a range`)
    const { cpu, libc, os } = platformOf(name)
    return [`node_modules/${name}`, { version, cpu, ...(dev && { dev }), ...(libc && { libc }), optional: true, os }]
  })
  const packages = [...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lock, packages: Object.fromEntries(packages) }
}

function isLocked(packages: LockFile['packages'], path: string, name: string): boolean {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1))) {
    if (`${from === '' ? '' : `${from}/`}node_modules/${name}` in packages) return true
    if (from === '') return false
  }
}

function platformOf(name: string): { cpu: string[]; libc?: string[]; os: string[] } {
  const pattern =
    /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(.+))?$/
  const [, os, cpu, variant = ''] = pattern.exec(name) ?? []
  if (os === undefined || cpu === undefined) throw new Error(`${name}: for which platform?`)
  const libc = variant.startsWith('musl') ? 'musl' : 'glibc'
  return { cpu: [cpu], ...(os === 'linux' && { libc: [libc] }), os: [os] }
}
