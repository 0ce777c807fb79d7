import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { cleanUp } from './cleanup.ts'
import { type AnyRecord, parseRecord, type RecordOf } from './records.ts'

/** The built CLI's entry point. */
export const cliPath = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** What a command came to. */
export interface Result {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  stdoutBytes: Buffer
  /** the records of `--json` (or P2P_JSON): of stdout, or of stderr where stdout carries bytes; each checked */
  records: AnyRecord[]
}

/** How a command is run. */
export interface RunOptions {
  /** added to a clean environment */
  env?: Record<string, string>
  /** all of stdin; without it stdin is empty (run) or stays open (start) */
  input?: string | Uint8Array
  cwd?: string
  /** a command that runs it elsewhere, such as in a network namespace */
  through?: string[]
  /** do not parse records, for output that is not UTF-8 or cut short */
  raw?: boolean
}

let folder: string | undefined

/** A folder of this test file, removed at its end. */
export function scratchFolder(): string {
  if (folder !== undefined) return folder
  folder = mkdtempSync(join(tmpdir(), 'p2p-test-'))
  // nobody is there: no command may begin with the public peers, which are the list until it is written
  const lists = join(folder, 'config', 'p2p', 'bootstrap')
  mkdirSync(lists, { recursive: true })
  writeFileSync(join(lists, 'default.txt'), '')
  return folder
}

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

let files = 0

/** Writes a file of the test, and returns its path. */
export function scratchFile(content: string | Uint8Array, name = 'file'): string {
  const path = join(scratchFolder(), `${files++}-${name}`)
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

/** A path of the test at which nothing is. */
export function scratchPath(name = 'file'): string {
  return join(scratchFolder(), `${files++}-${name}`)
}

/** An environment without anything of the user's: no P2P_*, no colour variables, a home of its own. */
export function cleanEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const home = scratchFolder()
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    ...more,
  }
}

/** A command that is running. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams
  /** settles when the process has ended and its output was read */
  readonly exited: Promise<Result>
  readonly #out: Buffer[] = []
  readonly #err: Buffer[] = []
  readonly #watchers = new Set<() => void>()
  readonly #recordsFrom: 'stdout' | 'stderr' | undefined
  readonly #records: AnyRecord[] = []
  #unparsed = ''
  #broken: unknown
  #result: Result | undefined

  constructor(child: ChildProcessWithoutNullStreams, recordsFrom?: 'stdout' | 'stderr') {
    this.child = child
    this.#recordsFrom = recordsFrom
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk: Buffer) => this.#take('stdout', chunk))
    child.stderr.on('data', (chunk: Buffer) => this.#take('stderr', chunk))
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        if (this.#unparsed !== '') this.#parse(this.#unparsed)
        this.#result = {
          code,
          signal,
          stdout: this.stdout,
          stderr: this.stderr,
          stdoutBytes: Buffer.concat(this.#out),
          records: this.#records,
        }
        this.#notify()
        if (this.#broken === undefined) resolve(this.#result)
        else reject(this.#broken)
      })
    })
    this.exited.catch(() => {})
    cleanUp(async () => {
      if (this.#result !== undefined) return
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      for (const stream of [child.stdout, child.stderr]) stream.resume()
      await closed
    })
  }

  get stdout(): string {
    return Buffer.concat(this.#out).toString('utf8')
  }

  get stderr(): string {
    return Buffer.concat(this.#err).toString('utf8')
  }

  /** Records so far. */
  get records(): AnyRecord[] {
    return this.#records
  }

  /** Waits until `check` finds something in what was printed; fails when the process ends before. */
  async until<T>(check: () => T | undefined | false): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      const look = () => {
        if (this.#broken !== undefined) return settle(() => reject(this.#broken))
        const found = check()
        if (found !== undefined && found !== false) return settle(() => resolve(found))
        if (this.#result === undefined) return
        const { code, signal, stdout, stderr } = this.#result
        settle(() => reject(new Error(`ended (${code ?? signal}) before that\nstdout: ${stdout}\nstderr: ${stderr}`)))
      }
      const settle = (action: () => void) => {
        this.#watchers.delete(look)
        action()
      }
      this.#watchers.add(look)
      look()
    })
  }

  /** Waits for a record of this type, for which `match` holds. */
  async record<T extends AnyRecord['type']>(
    type: T,
    match: (record: RecordOf<T>) => boolean = () => true,
  ): Promise<RecordOf<T>> {
    return await this.until(() =>
      this.#records.find((record): record is RecordOf<T> => record.type === type && match(record as RecordOf<T>)),
    )
  }

  /** Waits for a whole line on stdout or stderr. */
  async line(pattern: RegExp, from: 'stdout' | 'stderr' = 'stdout'): Promise<string> {
    return await this.until(() =>
      this[from]
        .split('\n')
        .slice(0, -1)
        .find((line) => pattern.test(line)),
    )
  }

  /** Sends a signal, and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Result> {
    this.child.kill(signal)
    return await this.exited
  }

  #take(from: 'stdout' | 'stderr', chunk: Buffer): void {
    ;(from === 'stdout' ? this.#out : this.#err).push(chunk)
    if (from === this.#recordsFrom) {
      const lines = (this.#unparsed + chunk.toString('utf8')).split('\n')
      this.#unparsed = lines.pop() ?? ''
      for (const line of lines) this.#parse(line)
    }
    this.#notify()
  }

  #parse(line: string): void {
    // stderr carries notes as well
    if (this.#recordsFrom === 'stderr' && !line.startsWith('{')) return
    try {
      this.#records.push(parseRecord(line))
    } catch (error) {
      this.#broken ??= error
    }
  }

  #notify(): void {
    for (const look of [...this.#watchers]) look()
  }
}

/**
 * Starts the built CLI. It is killed when the test ends.
 *
 * @param args - the command and its arguments
 * @param options - environment and input
 * @returns the running command
 */
export function start(args: string[], options: RunOptions = {}): Running {
  const env = cleanEnvironment(options.env)
  const [file = '', ...before] = [...(options.through ?? []), process.execPath, cliPath]
  const child = spawn(file, [...before, ...args], { env, cwd: options.cwd ?? scratchFolder() })
  const running = new Running(child, options.raw === true ? undefined : recordsFrom(args, env))
  if (options.input !== undefined) child.stdin.end(options.input)
  return running
}

/**
 * Runs the built CLI to its end.
 *
 * @param args - the command and its arguments
 * @param options - environment and input
 * @returns what it came to
 */
export async function run(args: string[], options: RunOptions = {}): Promise<Result> {
  return await start(args, { input: '', ...options }).exited
}

let shellPath: string | undefined

/**
 * Starts a bash script in which `p2p` is the built CLI, for pipes and redirections. Records are not parsed.
 *
 * @param script - the script; `"$1"` and so on are `args`
 * @param args - its arguments
 * @param options - environment and input
 * @returns the running script
 */
export function startShell(script: string, args: string[] = [], options: RunOptions = {}): Running {
  if (shellPath === undefined) {
    shellPath = mkdtempSync(join(scratchFolder(), 'bin-'))
    writeFileSync(join(shellPath, 'p2p'), `#!/bin/sh\nexec '${process.execPath}' '${cliPath}' "$@"\n`, { mode: 0o755 })
  }
  const env = cleanEnvironment(options.env)
  const child = spawn('bash', ['-c', script, 'bash', ...args], {
    env: { ...env, PATH: `${shellPath}:${env.PATH}` },
    cwd: options.cwd ?? scratchFolder(),
    detached: true,
  })
  cleanUp(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // the whole group is gone already
    }
  })
  const running = new Running(child)
  if (options.input !== undefined) child.stdin.end(options.input)
  return running
}

/** Runs a bash script to its end; see `startShell`. */
export async function shell(script: string, args: string[] = [], options: RunOptions = {}): Promise<Result> {
  return await startShell(script, args, { input: '', ...options }).exited
}

/** The one record of this type; fails when there is none or more than one. */
export function only<T extends AnyRecord['type']>(records: AnyRecord[], type: T): RecordOf<T> {
  const found = records.filter((record): record is RecordOf<T> => record.type === type)
  const [first] = found
  if (first === undefined || found.length > 1) {
    throw new Error(`${found.length} records of type ${type} in ${JSON.stringify(records).slice(0, 2000)}`)
  }
  return first
}

function recordsFrom(args: string[], env: Record<string, string>): 'stdout' | 'stderr' | undefined {
  if (!args.includes('--json') && env.P2P_JSON !== '1' && env.P2P_JSON !== 'true') return undefined
  // it names what to look for, and joins no stream
  if (args[0] === 'scan') return 'stdout'
  return args.some((arg) => arg === '--protocol' || arg.startsWith('--protocol=')) ? 'stderr' : 'stdout'
}
