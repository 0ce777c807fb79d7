import { Args, Flags } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { parseIpnsName } from '../keys/ipns-name.ts'
import { parseIpnsValue } from '../keys/ipns-value.ts'
import { mostUint64 } from '../keys/uint64.ts'
import { parseDuration } from './durations.ts'

/** A hundred years. */
const longestLifetimeMs = 36_525 * 24 * 3_600_000

/** What a name is to stand for. */
export const ipnsValueArgument = Args.custom<string>({
  ignoreStdin: true,
  parse: async (text) => parseIpnsValue(text),
})({ required: true, description: '/ipfs/CID, a CID, or /ipns/NAME' })

/** A name, as argument and as flag. */
export const ipnsNameOptions = { parse: async (text: string) => parseIpnsName(text) }

/** The key of a name, and what its record says beside the value. */
export const ipnsRecordFlags = {
  key: Flags.string({ summary: 'private key of the name', helpValue: 'FILE', env: 'P2P_KEY', required: true }),
  'key-passphrase-file': Flags.string({
    summary: 'file with the passphrase of the key; asked for on a terminal otherwise',
    helpValue: 'FILE',
  }),
  lifetime: Flags.custom<number>({
    summary: 'how long the record is valid [default: 48h]',
    helpValue: 'DURATION',
    parse: async (text) => lifetimeOf(text),
  })(),
  ttl: Flags.custom<number>({
    summary: 'how long it may be cached [default: 5m]',
    helpValue: 'DURATION',
    parse: async (text) => parseDuration(text, longestLifetimeMs),
  })(),
  sequence: Flags.custom<bigint>({ helpValue: 'N', parse: async (text) => sequenceOf(text) })({
    summary: 'the record with the highest one wins',
  }),
}

/**
 * What a record is to say, from the parsed flags.
 *
 * @param value - a content path
 * @param flags - `lifetime` and `ttl`
 * @returns the draft, without a sequence
 */
export function ipnsDraft(value: string, flags: { lifetime?: number | undefined; ttl?: number | undefined }) {
  return { value, lifetimeMs: flags.lifetime ?? parseDuration('48h'), ttlMs: flags.ttl ?? parseDuration('5m') }
}

function lifetimeOf(text: string): number {
  const ms = parseDuration(text, longestLifetimeMs)
  if (ms >= 1) return ms
  throw new ToolkitError('usage', 'a record that is valid for no time would be refused')
}

function sequenceOf(text: string): bigint {
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= mostUint64) return BigInt(text)
  throw new ToolkitError('usage', `not a sequence, an unsigned number of 64 bits: ${JSON.stringify(text.slice(0, 64))}`)
}
