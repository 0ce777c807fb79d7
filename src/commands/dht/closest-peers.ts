import { Args } from '@oclif/core'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { countFlag } from '../../lib/command/durations.ts'
import { anyKey } from '../../lib/keys/dht-key.ts'
import { closestPeers } from '../../lib/operations/dht/closest-peers.ts'
import { replication } from '../../lib/operations/dht/parameters.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { renderClosest } from '../../lib/output/dht.ts'

/** `p2p dht closest-peers`: who would store a key. */
export default class DhtClosestPeers extends DhtCommand {
  static override summary = 'Find the peers that are the closest to a key'
  static override description =
    'Prints the closest of the peers that answer, 20 at most, the closest first, with the number of leading bits that each has in common with the key; with --from those that this server names. Text that is no peer ID, CID or key stands for its raw sha2-256 CID.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /dnsaddr/bootstrap.libp2p.io 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
    '<%= config.bin %> <%= command.id %> --json --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 /ns/key',
  ]
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: 'peer ID, CID, /namespace/… or 0x…' }),
  }
  static override flags = {
    ...dhtPeerFlags,
    limit: countFlag({
      summary: `end with this many, ${replication} at most: a lookup finds no more [default: ${replication}]`,
      helpGroup: 'DHT',
      most: replication,
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtClosestPeers)
    this.openSink(flags)
    const key = anyKey(args.key)
    if (key.hashed) this.sink.note(`the key is ${key.text}`)
    const input = { ...(await dhtInput(flags, this.config.configDir)), key, limit: flags.limit ?? replication }
    await using node = await this.openNode(flags)
    const records = closestPeers(node, input, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderClosest))
  }
}
