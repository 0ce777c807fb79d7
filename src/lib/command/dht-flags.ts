import { Flags } from '@oclif/core'
import type { DhtNetwork } from '../addresses/dht-network.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { canonicalTarget, seedAddress } from './arguments.ts'
import { countFlag, durationFlag } from './durations.ts'
import { repeatable } from './repeatable.ts'

/** Where the help has the flags of a DHT. */
export const dhtHelpGroup = 'DHT'

/** Which DHT. */
export const dhtNetworkFlag = Flags.custom<DhtNetwork>({
  summary: 'which DHT: amino, lan, or a protocol ID [default: amino]',
  helpValue: 'NAME',
  helpGroup: dhtHelpGroup,
  parse: async (text) => (await import('../addresses/dht-network.ts')).dhtNetwork(text),
})

/** Peers of the DHT that are known from the beginning. */
export const bootstrapOptions = {
  ...repeatable,
  summary: 'address of a peer of the DHT to begin with',
  helpValue: 'ADDR',
  helpGroup: dhtHelpGroup,
  parse: async (text: string) => seedAddress(text),
} as const

/** A list of such peers. */
export const listOptions = {
  summary: 'bootstrap list to begin with [default: the list default, for amino]',
  helpValue: 'NAME',
  helpGroup: dhtHelpGroup,
  exclusive: ['bootstrap'],
  parse: async (text: string) => (await import('../addresses/bootstrap/list-file.ts')).bootstrapListName(text),
}

/** The peers that a lookup begins with. */
export const seedFlags = { bootstrap: Flags.string(bootstrapOptions), list: Flags.string(listOptions) }

/** Where a peer is looked up that is named by its ID alone. */
export const lookUpFlags = { network: dhtNetworkFlag(), ...seedFlags }

/** Pictures of a lookup. */
const pictureFlags = {
  tree: Flags.boolean({
    summary: 'print the lookup as a tree after the result: who named whom',
    helpGroup: dhtHelpGroup,
  }),
  dot: Flags.string({
    summary: 'write the tree to a file, for Graphviz',
    helpValue: 'FILE',
    helpGroup: dhtHelpGroup,
    parse: async (path) => picturePath(path),
  }),
}

/** Whom a query asks. */
export const dhtPeerFlags = {
  ...pictureFlags,
  ...seedFlags,
  from: Flags.string({
    summary: 'ask this server only, once',
    helpValue: 'ADDR',
    helpGroup: dhtHelpGroup,
    parse: async (text) => canonicalTarget(text),
  }),
}

/** How many results are enough. */
export const limitFlag = countFlag({ summary: 'end with this many [default: 20]', helpGroup: dhtHelpGroup })

/** How far a random walk goes. */
export const walkFlags = {
  for: durationFlag({ summary: 'end after this time, whoever has been found', helpGroup: dhtHelpGroup }),
  limit: countFlag({ summary: 'end with this many peers', helpGroup: dhtHelpGroup }),
}

/** stdout is for results: `-`, which stands for it elsewhere, would be a file of that name here. */
function picturePath(path: string): string {
  if (path !== '-') return path
  throw new ToolkitError('usage', 'no picture goes to stdout', {
    suggestions: ['--tree prints the lookup; a file of that name is ./-'],
  })
}
