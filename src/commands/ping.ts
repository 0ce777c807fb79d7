import { Flags } from '@oclif/core'
import { groupTargets } from '../lib/addresses/target.ts'
import { targetArgument } from '../lib/command/arguments.ts'
import { lookUpFlags } from '../lib/command/dht-flags.ts'
import { countFlag, durationFlag } from '../lib/command/durations.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { deadlineOf, formatDuration } from '../lib/errors/deadline.ts'
import { peerLocator } from '../lib/operations/dht/peer-locator.ts'
import { ping } from '../lib/operations/ping.ts'
import { pingRenderer } from '../lib/output/pong.ts'

/** `p2p ping`: round trips on the ping protocol. */
export default class Ping extends NetworkCommand {
  static override summary = 'Ping a peer over libp2p'
  static override description =
    'Sends 32 random bytes on one stream and waits for them to come back. Without --count it goes on until Ctrl-C. Exits 0 if any pong came (all of --count, where --deadline is given too), 1 if none did.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -c 3 /ip4/127.0.0.1/tcp/4001',
    '<%= config.bin %> <%= command.id %> -c 5 -i 200ms -q --json /ip4/127.0.0.1/udp/4001/quic-v1',
  ]
  static override args = { addr: targetArgument }
  static override flags = {
    count: countFlag({ char: 'c', summary: 'pings to send' }),
    interval: durationFlag({ char: 'i', summary: 'from one ping to the next [default: 1s]' }),
    wait: durationFlag({ char: 'W', summary: 'what one pong may take [default: 10s]' }),
    deadline: durationFlag({ char: 'w', summary: 'end after this time, however many pings were sent' }),
    'summary-only': Flags.boolean({ char: 'q', summary: 'print the summary alone' }),
    timestamps: Flags.boolean({ char: 'D', summary: 'begin each line with the time' }),
    ...lookUpFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Ping)
    this.openSink(flags)
    const targets = groupTargets(args.addr)
    const render = pingRenderer(flags.timestamps)
    const { count, interval: intervalMs = 1000, wait: waitMs = 10_000, deadline = 0 } = flags
    await using node = await this.openNode(flags)
    using whole = deadlineOf(this.lifetime.signal, deadline, `not within ${formatDuration(deadline)}`)
    const limits = { ...this.contextOf(flags), signal: whole.signal }
    const locate = peerLocator(node, flags, this.config.configDir, limits)

    await this.forEachTarget(targets, async (wanted, label) => {
      const { target, context } = await locate(wanted)
      for await (const record of ping(node, { target, count, intervalMs, waitMs }, context)) {
        if (record.type === 'summary' || !flags['summary-only']) await this.sink.record({ ...record, ...label }, render)
        if (record.type !== 'summary') continue
        const enough = flags.deadline !== undefined && count !== undefined ? count : 1
        if (record.received < enough) this.fail('negative')
      }
    })
  }
}
