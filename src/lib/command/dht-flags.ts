import { Flags } from '@oclif/core'
import { type DhtNetwork, dhtNetwork } from '../addresses/dht-network.ts'
import { canonicalAddress } from './arguments.ts'
import { countFlag } from './durations.ts'

const helpGroup = 'DHT'

/** Which DHT. */
export const dhtNetworkFlag = Flags.custom<DhtNetwork>({
  summary: 'which DHT: amino, lan, or a protocol ID [default: amino]',
  helpValue: 'NAME',
  helpGroup,
  parse: async (text) => dhtNetwork(text),
})

/** Peers of the DHT that are known from the beginning. */
export const bootstrapOptions = {
  summary: 'address of a peer of the DHT to begin with',
  helpValue: 'ADDR',
  helpGroup,
  multiple: true,
  multipleNonGreedy: true,
  delimiter: ',',
  parse: async (text: string) => canonicalAddress(text),
} as const

/** Whom a query asks. */
export const dhtPeerFlags = {
  bootstrap: Flags.string(bootstrapOptions),
  from: Flags.string({
    summary: 'ask this server only, once',
    helpValue: 'ADDR',
    helpGroup,
    exclusive: ['bootstrap'],
    parse: async (text) => canonicalAddress(text),
  }),
}

/** How many results are enough. */
export const limitFlag = countFlag({ summary: 'end with this many [default: 20]', helpGroup })
