import { durationFlag } from '../../lib/command/durations.ts'
import { PubsubCommand } from '../../lib/command/pubsub-command.ts'
import { pubsubFlags, pubsubSpecOf } from '../../lib/command/pubsub-flags.ts'
import { topicsOfPeers } from '../../lib/operations/pubsub/announced.ts'
import { printAnnounced, renderTopic } from '../../lib/output/announced.ts'

/** `p2p pubsub topics`: what peers have announced. */
export default class PubsubTopics extends PubsubCommand {
  static override summary = 'List the topics that connected peers have announced'
  static override description =
    'Asks the peers of --bootstrap or --list, and with --mdns those of the local network. Ends as soon as each has announced something, after two seconds at most, or after --for. With --mdns it waits for the first one, for --timeout at most, and two seconds more. About a thousand topics of each peer are kept. Exits 1 when there are none.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /ip4/127.0.0.1/tcp/4001',
    '<%= config.bin %> <%= command.id %> --list lab',
    '<%= config.bin %> <%= command.id %> --json --bootstrap /ip4/127.0.0.1/tcp/4001 | jq -r "select(.topic).topic"',
  ]
  static override flags = { ...pubsubFlags, for: durationFlag({ summary: 'listen this long' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(PubsubTopics)
    this.openSink(flags)
    const input = { ...(await this.meetingOf(flags)), forMs: flags.for }
    await using node = await this.openNode(flags, pubsubSpecOf(flags))
    for await (const record of topicsOfPeers(node, input, this.contextOf(flags))) {
      await printAnnounced(this.sink, record, renderTopic)
    }
  }
}
