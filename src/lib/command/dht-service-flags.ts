import { Flags } from '@oclif/core'
import type { DhtSpec, NodeSpec } from '../node/spec.ts'
import { bootstrapOptions, dhtHelpGroup, dhtNetworkFlag, listOptions } from './dht-flags.ts'
import { type ValidatorChoice, validatorFlag, validatorsOf } from './validator-flag.ts'

const dependsOn = ['dht']

/** How a listener takes part in a DHT. */
export const dhtServiceFlags = {
  dht: Flags.option({
    options: ['server', 'client'] as const,
    summary: 'take part in a DHT; a server answers queries',
    helpGroup: dhtHelpGroup,
  })(),
  network: dhtNetworkFlag({ dependsOn }),
  bootstrap: Flags.string({
    ...bootstrapOptions,
    summary: 'address of a peer to join: of the DHT, or of the topics',
    relationships: [{ type: 'some', flags: ['dht', 'pubsub'] }],
  }),
  list: Flags.string({ ...listOptions, dependsOn }),
  datastore: Flags.string({
    summary: 'keep records and peers across restarts; needs the same --key to be the same peer',
    helpValue: 'DIR|s3://BUCKET/PREFIX',
    helpGroup: dhtHelpGroup,
    dependsOn,
  }),
  validator: validatorFlag({ dependsOn }),
}

/** What the flags of a listener say of a DHT. */
export interface DhtServiceChoices {
  dht?: DhtSpec['mode'] | undefined
  network?: { name: string } | undefined
  validator?: ValidatorChoice[] | undefined
  datastore?: string | undefined
}

/**
 * Makes the parts of a NodeSpec that are about a DHT.
 *
 * @param flags - parsed flags
 * @returns `dht` and `datastore`, or nothing without `--dht`
 */
export function dhtSpecOf(flags: DhtServiceChoices): Pick<NodeSpec, 'dht' | 'datastore'> {
  const { dht: mode, network, validator, datastore } = flags
  if (mode === undefined) return {}
  const dht = { mode, ...(network && { network: network.name }), validators: validatorsOf(validator) }
  return { dht, ...(datastore !== undefined && { datastore }) }
}
