import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { routingTable } from '../../lib/operations/dht/routing-table.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { renderBucket } from '../../lib/output/dht.ts'

/** `p2p dht routing-table`: whom a server knows, by distance. */
export default class DhtRoutingTable extends DhtCommand {
  static override summary = 'Show the buckets of a routing table'
  static override description =
    'With --from those of that server: it is asked for keys that are ever closer to its own ID, and tells 20 peers of each bucket at most. Otherwise those that a node with this key would begin with: the peers that answer a lookup of its own ID. Prints a line for each bucket that is not empty: the number of leading bits in common, how many peers, and the ends of their IDs. Exits 1 when there are none.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from /ip4/127.0.0.1/tcp/4001',
    '<%= config.bin %> <%= command.id %> --json --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 --key node.pem',
  ]
  static override flags = dhtPeerFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DhtRoutingTable)
    this.openSink(flags)
    const input = await dhtInput(flags, this.config.configDir)
    await using node = await this.openNode(flags)
    if (flags.from === undefined) this.sink.note(`the buckets around ${node.peerId}`)
    const records = routingTable(node, input, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderBucket))
  }
}
