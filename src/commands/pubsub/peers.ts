import { durationFlag } from '../../lib/command/durations.ts'
import { PubsubCommand } from '../../lib/command/pubsub-command.ts'
import { pubsubFlags, pubsubSpecOf, topicArgument } from '../../lib/command/pubsub-flags.ts'
import { peersOfTopic } from '../../lib/operations/pubsub/announced.ts'
import { printAnnounced, renderSubscriber } from '../../lib/output/announced.ts'

/** `p2p pubsub peers`: who has announced a topic. */
export default class PubsubPeers extends PubsubCommand {
  static override summary = 'List the connected peers that have announced a topic'
  static override description =
    'Asks the peers of --bootstrap or --list, and with --mdns those of the local network, who speak for themselves: those behind them are not seen. Ends as soon as each has announced something, after two seconds at most, or after --for. With --mdns it waits for the first one, for --timeout at most, and two seconds more. Exits 1 when there are none.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /ip4/127.0.0.1/tcp/4001 news',
    '<%= config.bin %> <%= command.id %> --mdns news',
    '<%= config.bin %> <%= command.id %> --json --for 5s --bootstrap /ip4/127.0.0.1/tcp/4001 news',
  ]
  static override args = { topic: topicArgument({ required: true }) }
  static override flags = { ...pubsubFlags, for: durationFlag({ summary: 'listen this long' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PubsubPeers)
    this.openSink(flags)
    const input = { ...(await this.meetingOf(flags)), forMs: flags.for }
    await using node = await this.openNode(flags, pubsubSpecOf(flags))
    for await (const record of peersOfTopic(node, args.topic, input, this.contextOf(flags))) {
      await printAnnounced(this.sink, record, renderSubscriber)
    }
  }
}
