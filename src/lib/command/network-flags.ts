import { isIP } from 'node:net'
import { Flags } from '@oclif/core'
import { transportNames } from '../addresses/transport-of.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { layers } from '../inspect/layer.ts'
import { muxerNames, securityNames } from '../node/spec.ts'
import { durationFlag } from './durations.ts'
import { repeatable } from './repeatable.ts'

const list = {
  ...repeatable,
  helpGroup: 'NETWORK',
  noCacheDefault: true,
} as const

const inspectable = [...layers, 'all'] as const

/** The flags of every network command. Order in a list is preference. */
export const networkFlags = {
  key: Flags.string({
    summary: 'private key of this node; a fresh Ed25519 key without it',
    helpValue: 'FILE',
    env: 'P2P_KEY',
    helpGroup: 'NETWORK',
  }),
  'key-passphrase-file': Flags.string({
    summary: 'file with the passphrase of the key; asked for on a terminal otherwise',
    helpValue: 'FILE',
    helpGroup: 'NETWORK',
  }),
  transport: Flags.option({ ...list, options: transportNames, summary: 'transports to use [env: P2P_TRANSPORT]' })({
    default: async () => fromEnvironment('P2P_TRANSPORT', transportNames),
  }),
  security: Flags.option({
    ...list,
    options: securityNames,
    summary: 'security protocols to offer [env: P2P_SECURITY]',
  })({ default: async () => fromEnvironment('P2P_SECURITY', securityNames) }),
  muxer: Flags.option({ ...list, options: muxerNames, summary: 'stream muxers to offer [env: P2P_MUXER]' })({
    default: async () => fromEnvironment('P2P_MUXER', muxerNames),
  }),
  psk: Flags.string({
    summary: 'swarm.key of a private network',
    helpValue: 'FILE',
    env: 'P2P_PSK',
    helpGroup: 'NETWORK',
  }),
  'tls-ca': Flags.string({
    summary: 'certificate authority to trust for wss, PEM',
    helpValue: 'FILE',
    helpGroup: 'NETWORK',
  }),
  dns: Flags.string({
    ...list,
    summary: 'name server to ask instead of the system',
    helpValue: 'IP[:PORT]',
    parse: async (text) => nameServerAddress(text),
  }),
  inspect: Flags.option({
    ...list,
    options: inspectable,
    helpValue: 'LAYER',
    summary: `show what these layers do, on stderr: ${inspectable.join(', ')} [env: P2P_INSPECT]`,
  })({ default: async () => fromEnvironment('P2P_INSPECT', inspectable) }),
  'inspect-file': Flags.string({
    summary: 'write what the layers do to a file, as JSON lines; all layers without --inspect',
    helpValue: 'FILE',
    helpGroup: 'NETWORK',
    parse: async (path) => tracePath(path),
  }),
  timeout: durationFlag({
    summary: 'bounds reaching a peer and getting one answer; 0 is no limit [default: 30s]',
    env: 'P2P_TIMEOUT',
    helpGroup: 'NETWORK',
  }),
}

/** stdout is for results: `-`, which stands for it elsewhere, would be a file of that name here. */
function tracePath(path: string): string {
  if (path !== '-') return path
  throw new ToolkitError('usage', 'no trace goes to stdout', {
    suggestions: ['--json --inspect all writes the same lines to stderr; a file of that name is ./-'],
  })
}

function nameServerAddress(text: string): string {
  const [, bare, port] = /^\[?([0-9a-fA-F.:]+?)\]?(?::(\d{1,5}))?$/.exec(text) ?? []
  const isWholeIp = isIP(text) !== 0
  if (isWholeIp || (bare !== undefined && isIP(bare) !== 0 && Number(port) <= 65_535)) return text
  throw new ToolkitError('usage', `not a name server: ${JSON.stringify(text.slice(0, 64))}`, {
    suggestions: ['write an IP address, such as 1.1.1.1, 127.0.0.1:5353 or [::1]:5353'],
  })
}

/** oclif takes the value of an environment variable as one item; these are lists. */
function fromEnvironment<Name extends string>(variable: string, names: readonly Name[]): Name[] | undefined {
  const text = process.env[variable]
  if (text === undefined || text === '') return undefined
  return text.split(',').map((item) => {
    const name = names.find((known) => known === item.trim())
    if (name !== undefined) return name
    throw new ToolkitError('usage', `${variable}: ${JSON.stringify(item.slice(0, 64))} is none of ${names.join(', ')}`)
  })
}
