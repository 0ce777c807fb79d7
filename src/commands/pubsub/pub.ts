import { Args, Flags } from '@oclif/core'
import { countFlag } from '../../lib/command/durations.ts'
import { PubsubCommand } from '../../lib/command/pubsub-command.ts'
import { pubsubFlags, pubsubSpecOf, topicArgument } from '../../lib/command/pubsub-flags.ts'
import { ToolkitError } from '../../lib/errors/toolkit-error.ts'
import { type Framing, framings } from '../../lib/operations/pubsub/framing.ts'
import { Publisher } from '../../lib/operations/pubsub/publish.ts'
import { publishAll } from '../../lib/operations/pubsub/publish-all.ts'
import { renderPublished, renderPublishSummary } from '../../lib/output/pubsub.ts'

/** `p2p pubsub pub`: publish messages of a topic. */
export default class PubsubPub extends PubsubCommand {
  static override summary = 'Publish a message, or each line of stdin'
  static override description =
    'Connects to the peers of --bootstrap or --list, and with --mdns to those of the local network. Waits until peers have announced the topic, publishes, and stays until everything has arrived where it was sent to. Says whom that was; who else gets it is theirs to see to. With - each line of stdin is a message, read no faster than it can be sent. Exits 1 when nobody has announced the topic within --timeout.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /ip4/127.0.0.1/tcp/4001 news "it works"',
    '<%= config.bin %> <%= command.id %> --mdns news "it works here"',
    'tail -f log | <%= config.bin %> <%= command.id %> --bootstrap /ip4/127.0.0.1/tcp/4001 --wait-peers 2 news -',
  ]
  static override args = {
    topic: topicArgument({ required: true }),
    message: Args.string({ ignoreStdin: true, description: 'text, or - for stdin', default: '-' }),
  }
  static override flags = {
    ...pubsubFlags,
    'wait-peers': countFlag({ summary: 'how many peers have to have announced the topic [default: 1]' }),
    framing: Flags.option({
      options: framings,
      summary: 'how stdin is cut into messages: length is an unsigned varint in front of each [default: lines]',
    })(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PubsubPub)
    this.openSink(flags)
    const { topic, message } = args
    if (message !== '-' && flags.framing !== undefined) {
      throw new ToolkitError('usage', '--framing is about stdin, and there is a message')
    }
    const meeting = await this.meetingOf(flags)
    const framing: Framing = flags.framing ?? 'lines'
    await using node = await this.openNode(flags, pubsubSpecOf(flags))
    const wanted = { topic, waitPeers: flags['wait-peers'] ?? 1, ...meeting }
    await using publisher = new Publisher(node, wanted, this.contextOf(flags))
    if (message !== '-') {
      await this.sink.record(await publisher.publishOne(Buffer.from(message)), renderPublished)
      return
    }
    const input = { input: this.stdio().input, framing, onRefused: this.#refused }
    for await (const record of publishAll(publisher, input, this.lifetime.signal)) {
      if (record.type === 'published') await this.sink.record(record, renderPublished)
      else await this.sink.record(record, renderPublishSummary)
    }
  }

  readonly #refused = async (error: unknown, index: number): Promise<void> => {
    await this.failInput(error, `message ${index}`, index)
  }
}
