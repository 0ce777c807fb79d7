import { Flags } from '@oclif/core'
import { canonicalPeerId } from '../../lib/command/arguments.ts'
import { countFlag, durationFlag } from '../../lib/command/durations.ts'
import { PubsubCommand } from '../../lib/command/pubsub-command.ts'
import { joinFlags, pubsubFlags, topicArgument } from '../../lib/command/pubsub-flags.ts'
import { ToolkitError } from '../../lib/errors/toolkit-error.ts'
import { bound, listenPlan } from '../../lib/operations/listen-plan.ts'
import { join } from '../../lib/operations/pubsub/join.ts'
import { subscribe } from '../../lib/operations/pubsub/subscribe.ts'
import { MessagePrinter, messageFormats } from '../../lib/output/message-printer.ts'
import { plural, renderRejected } from '../../lib/output/pubsub.ts'

/** `p2p pubsub sub`: the messages of topics. */
export default class PubsubSub extends PubsubCommand {
  static override summary = 'Subscribe to topics and print their messages'
  static override description =
    'Prints each message once, until Ctrl-C, --for or --count. Says on stderr where others can join, how many peers have announced the topic, and what was rejected. A peer of --bootstrap or --list that is not there, or goes away, is dialled again until it is. A reader that is too slow loses messages: how many is said. Exits 3 when --count was not reached within --for, or within a --timeout that was given.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /ip4/127.0.0.1/tcp/4001 news',
    '<%= config.bin %> <%= command.id %> --mdns --listen /ip4/0.0.0.0/tcp/0 news',
    '<%= config.bin %> <%= command.id %> --json -n 10 --listen /ip4/0.0.0.0/tcp/4001 news weather',
    '<%= config.bin %> <%= command.id %> --format raw --delimiter none -n 1 files > received.bin',
  ]
  static override args = { topic: topicArgument({ required: true, multiple: true }) }
  static override flags = {
    ...pubsubFlags,
    ...joinFlags,
    count: countFlag({ char: 'n', summary: 'end after this many messages' }),
    from: Flags.string({
      summary: 'only messages that this peer wrote',
      helpValue: 'PEER',
      parse: async (text) => canonicalPeerId(text),
    }),
    for: durationFlag({ summary: 'end after this time' }),
    format: Flags.option({ options: messageFormats, summary: 'what is printed of a message', default: 'text' })(),
    delimiter: Flags.option({
      options: ['newline', 'nul', 'none'] as const,
      summary: 'what follows each payload in raw and base64 [default: newline]',
    })(),
    raw: Flags.boolean({ summary: 'write the bytes of raw and base64 to a terminal as they are' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PubsubSub)
    const { format, delimiter, count, from } = flags
    this.openSink({ ...flags, bytes: format !== 'text' })
    if (format === 'text' && (flags.raw || delimiter !== undefined)) {
      throw new ToolkitError('usage', '--delimiter and --raw are about bytes: pass --format raw or base64 as well')
    }
    const topics = [...new Set(args.topic)]
    const printer = new MessagePrinter(this.sink, { format, delimiter, several: topics.length > 1 })
    const meeting = await this.meetingOf(flags)
    await using node = await this.openListening(flags, { listenPlan, bound })
    this.limitBy(flags)
    await using _ = await join(node, meeting, this.contextOf(flags))
    const input = {
      ...{ topics, count, from },
      onPeers: (known: number) => this.sink.note(`Subscribed, ${plural(known, 'peer')}`),
      onRejected: (record: Parameters<typeof renderRejected>[0]) => this.sink.offer(record, renderRejected),
    }
    let messages = 0
    for await (const record of subscribe(node, input, this.lifetime.signal)) {
      if (record.type === 'message') messages++
      await printer.print(record)
    }
    this.refuseTooFew(messages, count, 'messages')
  }
}
