import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { cleanUp } from './cleanup.ts'
import { cleanEnvironment, cliPath, scratchFolder, scratchPath } from './cli.ts'

/** Whether there is tmux here, which makes pseudo-terminals whose screens can be read. */
export const noTmux = spawnSync('tmux', ['-V']).error === undefined ? undefined : 'tmux is not installed'

if (noTmux !== undefined) process.stderr.write(`skipped: pseudo-terminals, since ${noTmux}\n`)

/** What is printed once the command has ended. */
const ended = /^exit \d+$/

/** The built CLI in a pseudo-terminal of its own. */
export interface Terminal {
  /** what is on the screen: its lines, without the blank ones at the end */
  screen(): string[]
  /** types a line, and presses Enter */
  type(line: string): void
  /** types characters, and does not press Enter */
  draft(text: string): void
  /** presses a key, by tmux's name for it */
  press(key: string): void
  /** waits until a line of the screen matches; a line that was wrapped is one */
  line(pattern: RegExp): Promise<string>
  /** waits until the command has ended, and gives its exit code */
  ended(): Promise<number>
}

/**
 * Starts the built CLI in a pseudo-terminal. It is killed when the test ends.
 *
 * @param args - the command and its arguments
 * @param columns - width of the screen
 * @returns the terminal
 */
export function startInTerminal(args: string[], columns = 100): Terminal {
  const socket = scratchPath('tmux')
  const env = cleanEnvironment()
  const options = { env, cwd: scratchFolder(), encoding: 'utf8' } as const
  const tmux = (...words: string[]) => execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...words], options)
  const size = ['-x', String(columns), '-y', '50']
  // with job control; 148 is a stop by Ctrl-Z, after which it goes on. The screen stays when the command has ended
  const body = '"$@"; code=$?; while [ $code = 148 ]; do echo; echo stopped; fg >/dev/null; code=$?; done'
  const script = ['sh', '-m', '-c', `${body}; echo "exit $code"; exec cat`, 'sh', process.execPath, cliPath, ...args]
  tmux('set-option', '-g', 'status', 'off', ';', 'new-session', '-d', '-s', 'test', ...size, '--', ...script)

  const watchers = new Set<() => void>()
  let isLooking = false
  cleanUp(() => {
    watchers.clear()
    tmux('kill-server')
  })
  // in control mode tmux tells whenever the screen changes
  const control = spawn('tmux', ['-S', socket, '-C', 'attach'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  cleanUp(() => control.kill('SIGKILL'))
  createInterface({ input: control.stdout }).on('line', () => {
    if (isLooking) return
    isLooking = true
    // many changes come at once
    setImmediate(() => {
      isLooking = false
      for (const look of [...watchers]) look()
    })
  })

  const screen = () =>
    tmux('capture-pane', '-p', '-J', '-t', 'test')
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd())
  const lineOf = async (pattern: RegExp): Promise<string> =>
    await new Promise((resolve, reject) => {
      const look = () => {
        const lines = screen()
        const found = lines.find((line) => pattern.test(line))
        if (found === undefined && !lines.some((line) => ended.test(line))) return
        watchers.delete(look)
        if (found === undefined) reject(new Error(`ended without ${pattern}:\n${lines.join('\n')}`))
        else resolve(found)
      }
      watchers.add(look)
      look()
    })
  return {
    screen,
    type(line) {
      tmux('send-keys', '-t', 'test', '-l', line, ';', 'send-keys', '-t', 'test', 'Enter')
    },
    draft: (text) => void tmux('send-keys', '-t', 'test', '-l', text),
    press: (key) => void tmux('send-keys', '-t', 'test', key),
    line: lineOf,
    ended: async () => Number((await lineOf(ended)).slice('exit '.length)),
  }
}
