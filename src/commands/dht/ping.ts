import { groupTargets } from '../../lib/addresses/target.ts'
import { targetArgument } from '../../lib/command/arguments.ts'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { seedFlags } from '../../lib/command/dht-flags.ts'
import { dhtPing } from '../../lib/operations/dht/dht-ping.ts'
import { peerLocator } from '../../lib/operations/dht/peer-locator.ts'
import { pingRenderer } from '../../lib/output/pong.ts'

/** `p2p dht ping`: does a peer serve a DHT? */
export default class DhtPing extends DhtCommand {
  static override summary = 'Ping a server of a DHT by its own protocol'
  static override description =
    'Sends the PING of the DHT, which only its servers answer, and prints the round trip. Exits 6 for a peer that does not serve this DHT.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /ip4/127.0.0.1/tcp/4001',
    '<%= config.bin %> <%= command.id %> --json --network /test/kad/1.0.0 /ip4/127.0.0.1/tcp/4001',
  ]
  static override args = { addr: targetArgument }
  static override flags = seedFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtPing)
    this.openSink(flags)
    const targets = groupTargets(args.addr)
    const render = pingRenderer(false)
    await using node = await this.openNode(flags)
    const locate = peerLocator(node, flags, this.config.configDir, this.contextOf(flags))
    await this.forEachTarget(targets, async (wanted, label) => {
      const { target, context } = await locate(wanted)
      const records = dhtPing(node, { target, network: flags.network }, context)
      await this.printQuery(records, (record) => this.sink.record({ ...record, ...label }, render), label)
    })
  }
}
