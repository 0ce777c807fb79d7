import { Flags } from '@oclif/core'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { type DhtSpec, type ValidatorName, validatorNames } from '../node/spec.ts'
import { bootstrapOptions, dhtNetworkFlag, listOptions } from './dht-flags.ts'

const dependsOn = ['dht']

/** How a listener takes part in a DHT. */
export const dhtServiceFlags = {
  dht: Flags.option({
    options: ['server', 'client'] as const,
    summary: 'take part in a DHT; a server answers queries',
    helpGroup: 'DHT',
  })(),
  network: dhtNetworkFlag({ dependsOn }),
  bootstrap: Flags.string({ ...bootstrapOptions, dependsOn }),
  list: Flags.string({ ...listOptions, dependsOn }),
  validator: Flags.string({
    summary: `keep values of this namespace: ${validatorNames.join(', ')}`,
    helpValue: 'NAMESPACE=NAME',
    helpGroup: 'DHT',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    dependsOn,
    parse: async (text) => validatorOf(text).join('='),
  }),
}

/** What the flags of a listener say of a DHT. */
interface DhtServiceChoices {
  dht?: DhtSpec['mode'] | undefined
  network?: { name: string } | undefined
  validator?: string[] | undefined
}

/**
 * Makes the part of a NodeSpec that is about a DHT.
 *
 * @param flags - parsed flags
 * @returns `dht`, or nothing without `--dht`
 * @throws ToolkitError `usage` for a validator that there is not
 */
export function dhtSpecOf({ dht: mode, network, validator = [] }: DhtServiceChoices): { dht?: DhtSpec } {
  if (mode === undefined) return {}
  const validators = Object.fromEntries(validator.map(validatorOf))
  return { dht: { mode, network: network?.name ?? 'amino', validators } }
}

function validatorOf(text: string): [string, ValidatorName] {
  const [, namespace, given] = /^([^/=]+)=(.+)$/.exec(text) ?? []
  const name = validatorNames.find((known) => known === given)
  if (namespace !== undefined && name !== undefined && (name !== 'pk' || namespace === 'pk')) return [namespace, name]
  throw new ToolkitError('usage', `not a validator: ${JSON.stringify(text.slice(0, 64))}`, {
    layer: 'routing',
    suggestions: ['write pk=pk, or mine=none to keep every value under /mine/'],
  })
}
