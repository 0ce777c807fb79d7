import { Args } from '@oclif/core'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { countFlag } from '../../lib/command/durations.ts'
import { ipnsNameOptions } from '../../lib/command/ipns-flags.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { resolveIpns } from '../../lib/operations/ipns/resolve.ts'

/** `p2p ipns resolve`: what a name stands for. */
export default class IpnsResolve extends DhtCommand {
  static override summary = 'Find what an IPNS name stands for'
  static override description =
    'Asks the DHT for records of the name, and prints the value of the valid one with the highest sequence. It is printed as it stands: one that is a name again is not followed. Exits 1 when nobody has a valid one.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 k51qzi5uqu5dgnfwbc46une4upw1vc9hxznymyeykmg6rev1513yrnbyrwmmql',
    '<%= config.bin %> <%= command.id %> --json --bootstrap /dnsaddr/bootstrap.libp2p.io /ipns/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  ]
  static override args = {
    name: Args.custom({ ...ipnsNameOptions, ignoreStdin: true })({
      required: true,
      description: 'peer ID in any of its encodings, with or without /ipns/ before it',
    }),
  }
  static override flags = {
    ...dhtPeerFlags,
    quorum: countFlag({ summary: 'end when this many peers gave the best record [default: when all were asked]' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IpnsResolve)
    this.openSink(flags)
    const input = { ...(await dhtInput(flags, this.config.configDir)), name: args.name, quorum: flags.quorum }
    await using node = await this.openNode(flags)
    const records = resolveIpns(node, input, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, ({ value }) => value))
  }
}
