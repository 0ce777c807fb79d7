import { spawn } from 'node:child_process'
import { root } from './project.ts'

/** How a process is run. */
export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** written to its stdin, which then ends */
  input?: string
  /** after this long it is killed, in milliseconds */
  timeoutMs?: number
}

/** What a process came to. */
export interface Outcome {
  /** its exit code, or the signal that ended it */
  code: number | string
  stdout: string
  stderr: string
  /** both, as they came */
  output: string
}

/**
 * Runs a program to its end.
 *
 * @param command - the program
 * @param args - its arguments
 * @param options - where, and for how long
 * @returns how it ended; a program that cannot be started ends with the system's error code
 */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
  const { cwd = root, env = process.env, timeoutMs = 60_000 } = options
  const child = spawn(command, args, { cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL' })
  const outcome: Outcome = { code: '', stdout: '', stderr: '', output: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      outcome[name] += text
      outcome.output += text
    })
  }
  // a program that does not read its input is no failure
  child.stdin.on('error', () => {}).end(options.input ?? '')
  return await new Promise((resolve) => {
    child.once('error', (error) => resolve({ ...outcome, code: error.message, output: error.message }))
    child.once('close', (code, signal) => resolve({ ...outcome, code: code ?? signal ?? '' }))
  })
}

/**
 * The environment of this process with another Node.js first in its path.
 *
 * @param folder - where that `node` is
 * @returns a fresh environment, without what npm told its script
 */
export function environmentWith(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle)_|npm_config_local_prefix$|P2P_)/.test(name),
  )
  return { ...Object.fromEntries(kept), PATH: `${folder}:${process.env.PATH}` }
}
