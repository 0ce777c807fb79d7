import type { SinkOptions } from '../output/sink.ts'
import type { ColorChoice } from '../output/style.ts'

/** What `--color` accepts. */
export const colorChoices = ['auto', 'always', 'never'] as const satisfies ColorChoice[]

/** How oclif reads a boolean from the environment. */
const truths = new Set(['true', 'TRUE', '1', 'yes', 'YES', 'y', 'Y'])

/** Flags with which stdout carries bytes, so that even a complaint about the flags must not go there. */
const bytesFlags = / (?:--protocol[ =]|(?:-o|--out|--output)[ =]?- |--format[ =](?:raw|base64) )/

/** Commands whose `--protocol` names what to look for, and no stream to join to stdout. */
const joinNoStream = new Set(['scan'])

/**
 * Reads from argv how to print. A mistake in the flags comes before there are parsed flags, and is
 * still printed as asked.
 *
 * @param argv - the arguments
 * @param command - the command that they are of; their first one when absent
 * @returns the options of a sink
 */
export function outputOptionsOf(argv: string[], command = argv[0]): SinkOptions {
  const end = argv.indexOf('--')
  const flags = end === -1 ? argv : argv.slice(0, end)
  const color = colorChoices.find(
    (choice) => flags.includes(`--color=${choice}`) || flags[flags.indexOf('--color') + 1] === choice,
  )
  const json = flags.includes('--json') || truths.has(process.env.P2P_JSON ?? '')
  return {
    json,
    quiet: flags.includes('--quiet'),
    color: color ?? 'auto',
    bytes: !joinNoStream.has(command ?? '') && bytesFlags.test(` ${flags.join(' ')} `),
  }
}
