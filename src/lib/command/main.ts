import { run } from '@oclif/core'
import { classify } from '../errors/classify.ts'
import { exitCodeOf } from '../errors/exit-codes.ts'
import { errorRecord, renderError } from '../output/failure.ts'
import { Sink } from '../output/sink.ts'
import { outputOptionsOf } from './output-options.ts'
import { usageError } from './usage-error.ts'

/**
 * Runs the command that argv names, and ends the process with its exit code. Commands report their
 * own failures; what arrives here failed outside of one.
 *
 * @param root - URL of the package's entry point, from which oclif finds the package
 */
export async function main(root: string): Promise<never> {
  const argv = process.argv.slice(2)
  // once: what is thrown while the first is told would be told again and again
  let told = false
  process.on('uncaughtException', (error) => {
    if (!told) void report(error, argv).finally(() => process.exit())
    told = true
  })
  // an event loop that runs dry while something is awaited would end the process as a success
  process.once(
    'beforeExit',
    () => void report(new Error('the command ended without an answer'), argv).finally(() => process.exit()),
  )
  try {
    await run(argv, root)
  } catch (error) {
    await report(error, argv)
  }
  process.exit()
}

async function report(error: unknown, argv: string[]): Promise<void> {
  const exit = exitOf(error)
  if (exit !== undefined) {
    process.exitCode = exit
    return
  }
  // oclif's own errors are about what was typed: an unknown command or help topic
  const classified = error instanceof Error && 'oclif' in error ? usageError(error) : classify(error)
  process.exitCode = exitCodeOf(classified.code)
  // where stdout cannot be written, as on a full disk, the record goes to stderr
  const bytes = error instanceof Error && 'syscall' in error && error.syscall === 'write'
  const sink = new Sink({ ...outputOptionsOf(argv), ...(bytes && { bytes }) })
  await sink.failure(errorRecord(classified), renderError)
  await sink.drain()
}

/** The exit code of oclif's own ExitError, which `help` and `this.exit()` throw. */
function exitOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIT' || !('oclif' in error)) return undefined
  const { oclif } = error
  if (typeof oclif !== 'object' || oclif === null || !('exit' in oclif)) return undefined
  return typeof oclif.exit === 'number' ? oclif.exit : undefined
}
