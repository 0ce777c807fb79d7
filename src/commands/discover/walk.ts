import { DhtCommand } from '../../lib/command/dht-command.ts'
import { seedFlags, walkFlags } from '../../lib/command/dht-flags.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { discoverWalk } from '../../lib/operations/discover-walk.ts'
import { renderDiscovered } from '../../lib/output/discovered.ts'

/** `p2p discover walk`: who a random walk through a DHT leads to. */
export default class DiscoverWalk extends DhtCommand {
  static override summary = 'Find peers by a random walk through a DHT'
  static override description =
    'As `dht walk`, and tells each peer as the other discoveries do: when it was found, and by what. Goes on until --for, --limit or Ctrl-C, which are all exit 0; where nobody answers the first lookup, it fails.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /dnsaddr/bootstrap.libp2p.io --for 10s',
    '<%= config.bin %> <%= command.id %> --json --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 --limit 100',
  ]
  static override flags = { ...seedFlags, ...walkFlags }

  async run(): Promise<void> {
    const { flags } = await this.parse(DiscoverWalk)
    const { for: forMs, limit } = flags
    this.openSink(flags)
    const input = { ...(await dhtInput(flags, this.config.configDir)), limit }
    await using node = await this.openNode(flags)
    if (forMs !== undefined) this.lifetime.limit(forMs)
    for await (const record of discoverWalk(node, input, this.contextOf(flags))) {
      await this.sink.record(record, renderDiscovered)
    }
  }
}
