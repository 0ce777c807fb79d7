import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags, walkFlags } from '../../lib/command/dht-flags.ts'
import { walk } from '../../lib/operations/dht/walk.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { renderProvider } from '../../lib/output/dht.ts'

/** `p2p dht walk`: who is in a DHT. */
export default class DhtWalk extends DhtCommand {
  static override summary = 'Walk through a DHT at random, and name the peers on the way'
  static override description =
    'Looks up one random key after the other, and prints each peer once, as soon as somebody names it: its ID and addresses. Nothing checks that it is still there. Goes on until --for, --limit or Ctrl-C, which are all exit 0; where nobody answers the first lookup, it fails.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /dnsaddr/bootstrap.libp2p.io --for 10s',
    '<%= config.bin %> <%= command.id %> --json --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 --limit 100 | jq -r "select(.peer).peer"',
  ]
  static override flags = { ...dhtPeerFlags, ...walkFlags }

  async run(): Promise<void> {
    const { flags } = await this.parse(DhtWalk)
    const { for: forMs, limit } = flags
    this.openSink(flags)
    const input = { ...(await dhtInput(flags, this.config.configDir)), limit }
    await using node = await this.openNode(flags)
    if (forMs !== undefined) this.lifetime.limit(forMs)
    const records = walk(node, input, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderProvider))
  }
}
