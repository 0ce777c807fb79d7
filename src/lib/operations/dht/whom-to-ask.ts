import { bootstrapPeersToAsk, defaultListName, readBootstrapList } from '../../addresses/bootstrap/list-file.ts'
import { type DhtNetwork, dhtNetwork } from '../../addresses/dht-network.ts'
import { groupTargets, isBare, type Target } from '../../addresses/target.ts'
import { ToolkitError } from '../../errors/toolkit-error.ts'
import type { DhtInput } from './input.ts'

/** What a command was told of the peers that a lookup begins with. */
export interface SeedChoices {
  /** that of `dhtNetwork` when absent */
  network?: DhtNetwork | undefined
  /** their addresses */
  bootstrap?: string[] | undefined
  /** the saved list of them, instead; for amino `default` when absent */
  list?: string | undefined
}

/** What a command was told of whom to ask. */
export interface DhtChoices extends SeedChoices {
  /** address of the only server to ask, or `/p2p/ID` */
  from?: string | undefined
}

/**
 * Says whom to ask, before anything is opened.
 *
 * @param choices - the DHT, and its peers
 * @param configDir - the user's configuration directory of this program
 * @returns the input of a query
 * @throws ToolkitError `unreachable` where there is nobody, `usage` for what is no address of a peer, `local` for a list
 *   that is not there or cannot be read
 */
export async function dhtInput(choices: DhtChoices, configDir: string): Promise<DhtInput> {
  const { network = dhtNetwork(), from } = choices
  const [only] = from === undefined ? [] : groupTargets([from])
  if (only !== undefined && !isBare(only)) {
    if (choices.bootstrap === undefined && choices.list === undefined) return { network, bootstrap: [], from: only }
    throw new ToolkitError('usage', '--from asks that server alone: it cannot be combined with --bootstrap or --list', {
      layer: 'routing',
      suggestions: ['leave one of them out; only a --from that is a bare peer ID is looked up'],
    })
  }
  const bootstrap = await seedsIn(choices, (name) => bootstrapPeersToAsk(configDir, name))
  if (bootstrap.length === 0) {
    throw new ToolkitError('unreachable', 'no DHT peers: pass --bootstrap or --list', {
      layer: 'routing',
      suggestions: ['--bootstrap ADDR, the address of a server of this DHT, or --list NAME of `p2p bootstrap add`'],
    })
  }
  if (only === undefined) return { network, bootstrap }
  const locate: DhtInput['locate'] = async (node, context) => {
    const { locatePeer } = await import('./locate-peer.ts')
    return await locatePeer(node, only, { network, bootstrap }, context)
  }
  return { network, bootstrap: [], from: only, locate }
}

/**
 * Finds the peers that a node joins a DHT by. Without any it may be the first.
 *
 * @param choices - the DHT, and its peers
 * @param configDir - the user's configuration directory of this program
 * @returns the peers, maybe none
 * @throws ToolkitError `local` for a list that is not there or cannot be read
 */
export async function dhtSeeds(choices: SeedChoices, configDir: string): Promise<Target[]> {
  return await seedsIn(choices, (name) => readBootstrapList(configDir, name))
}

async function seedsIn(
  { network = dhtNetwork(), bootstrap, list }: SeedChoices,
  read: (name: string) => Promise<Array<{ address: string }>>,
): Promise<Target[]> {
  if (bootstrap !== undefined) return groupTargets(bootstrap)
  const name = list ?? (network.name === 'amino' ? defaultListName : undefined)
  return name === undefined ? [] : groupTargets((await read(name)).map(({ address }) => address))
}
