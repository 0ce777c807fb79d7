import type { DhtNetwork } from '../../addresses/dht-network.ts'
import type { Target } from '../../addresses/target.ts'
import { messageOf } from '../../errors/causes.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { OperationContext } from '../context.ts'
import type { DhtInput } from '../dht/input.ts'
import { isHiddenFrom } from '../dht/provider-place.ts'
import { dhtInput, dhtSeeds } from '../dht/whom-to-ask.ts'
import type { MdnsInput } from '../mdns/input.ts'

/** Peers that are found by mDNS and connected to: whoever floods the local network gets no further. */
const mostOfMdns = 50

/** Where the others are to be found. */
export interface MeetingPlaces {
  /** peers to connect to at once */
  peers: Target[]
  /** the DHT that rooms are found in */
  dht: DhtInput | undefined
}

/**
 * Says where the others are to be found, before anything is opened.
 *
 * @param choices - addresses of peers, or a saved list of them, and the DHT to find rooms in
 * @param configDir - the user's configuration directory of this program
 * @returns the places
 * @throws ToolkitError as `dhtInput` does
 */
export async function meetingPlaces(
  choices: { bootstrap?: string[] | undefined; list?: string | undefined; network?: DhtNetwork | undefined },
  configDir: string,
): Promise<MeetingPlaces> {
  const { bootstrap, list, network } = choices
  const isGiven = bootstrap !== undefined || list !== undefined
  return {
    peers: isGiven ? await dhtSeeds({ bootstrap, list }, configDir) : [],
    dht: network && (await dhtInput({ bootstrap, list, network }, configDir)),
  }
}

/**
 * Finds the peers of the local network, and is found by them.
 *
 * @param node - a node that listens
 * @param input - the service, and who is told what happens
 * @param context - signal, and the time limit of reaching each
 * @returns what ends the answering
 * @throws ToolkitError as `answerMdns` does
 */
export async function meetByMdns(
  node: RunningNode,
  input: MdnsInput,
  context: OperationContext,
): Promise<AsyncDisposable> {
  const [{ answerMdns }, { discoverMdns }, { meet }] = await Promise.all([
    import('../mdns/answer-mdns.ts'),
    import('../mdns/discover-mdns.ts'),
    import('./meet.ts'),
  ])
  const answering = await answerMdns(node, input)
  const find = async () => {
    for await (const record of discoverMdns({ ...input, limit: mostOfMdns + 1 }, context.signal)) {
      if (record.type === 'discovered') void meet(node, record, context)
    }
  }
  find().catch((error) => input.onNote(`nobody is looked for by mDNS: ${messageOf(error)}`))
  return answering
}

/**
 * Looks for a room in a DHT for as long as this peer is in it.
 *
 * @param node - a node that listens
 * @param topic - of the room
 * @param input - whom to ask; nothing is done without
 * @param context - signal, and the time limit of each query
 */
export async function meetInRoom(
  node: RunningNode,
  topic: string,
  input: (DhtInput & { onNote: (note: string) => void }) | undefined,
  context: OperationContext,
): Promise<void> {
  if (input === undefined) return
  const { network, onNote } = input
  if (isHiddenFrom(node, network)) onNote(`servers of ${network.name} keep none of these addresses: pass --listen`)
  const { meetInDht } = await import('./meet-in-dht.ts')
  await meetInDht(node, topic, input, context)
}
