import { countFlag, durationFlag } from '../../lib/command/durations.ts'
import { PubsubCommand } from '../../lib/command/pubsub-command.ts'
import { joinFlags, pubsubFlags, topicArgument } from '../../lib/command/pubsub-flags.ts'
import { bound, listenPlan } from '../../lib/operations/listen-plan.ts'
import { join } from '../../lib/operations/pubsub/join.ts'
import { mesh } from '../../lib/operations/pubsub/mesh.ts'
import { meshRenderer } from '../../lib/output/mesh.ts'

/** `p2p pubsub mesh`: whom messages of a topic go to. */
export default class PubsubMesh extends PubsubCommand {
  static override summary = 'Watch the mesh of a topic'
  static override description =
    'Subscribes, and shows each second who is in the mesh, in the fanout and known, what control messages went to and fro, scores and latencies: a table that stays in its place on a terminal, with --json a record each. Counts are sent/received; those of IHAVE, IWANT and IDONTWANT are of message IDs. The score is made of the penalty alone (P7 of gossipsub v1.1: broken promises, GRAFTs that come too early): minus ten times its square. The latency is that of a ping every ten seconds. A peer of --bootstrap or --list that goes away is dialled again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /ip4/127.0.0.1/tcp/4001 news',
    `<%= config.bin %> <%= command.id %> --json -n 1 --bootstrap /ip4/127.0.0.1/tcp/4001 news | jq 'select(.mesh).mesh'`,
  ]
  static override args = { topic: topicArgument({ required: true }) }
  static override flags = {
    ...pubsubFlags,
    ...joinFlags,
    count: countFlag({ char: 'n', summary: 'end after this many seconds' }),
    for: durationFlag({ summary: 'end after this time' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PubsubMesh)
    this.openSink(flags)
    const meeting = await this.meetingOf(flags)
    await using node = await this.openListening(flags, { listenPlan, bound })
    this.limitBy(flags)
    await using _ = await join(node, meeting, this.contextOf(flags))
    const input = { topic: args.topic, count: flags.count }
    const render = meshRenderer(this.sink.live)
    let shown = 0
    for await (const record of mesh(node, input, this.lifetime.signal)) {
      await this.sink.record(record, render)
      shown++
    }
    this.refuseTooFew(shown, flags.count, 'tables')
  }
}
