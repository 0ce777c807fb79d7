import { Flags } from '@oclif/core'
import type { DhtSpec } from '../node/spec.ts'
import { bootstrapOptions, dhtNetworkFlag, listOptions } from './dht-flags.ts'
import { validatorOptions, validatorsOf } from './validator-flag.ts'

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
  validator: Flags.string({ ...validatorOptions, dependsOn }),
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
export function dhtSpecOf({ dht: mode, network, validator }: DhtServiceChoices): { dht?: DhtSpec } {
  if (mode === undefined) return {}
  return { dht: { mode, network: network?.name ?? 'amino', validators: validatorsOf(validator) } }
}
