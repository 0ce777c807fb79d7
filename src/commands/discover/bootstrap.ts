import { bootstrapPeersToAsk } from '../../lib/addresses/bootstrap/list-file.ts'
import { bootstrapListFlag } from '../../lib/command/bootstrap-flags.ts'
import { durationFlag } from '../../lib/command/durations.ts'
import { NetworkCommand } from '../../lib/command/network-command.ts'
import { discoverBootstrap } from '../../lib/operations/discover-bootstrap.ts'
import { renderDiscovered } from '../../lib/output/discovered.ts'

/** `p2p discover bootstrap`: who of a bootstrap list is there. */
export default class DiscoverBootstrap extends NetworkCommand {
  static override summary = 'Find the peers of a bootstrap list'
  static override description =
    'Dials them side by side, and tells each peer once, as it answers, with the address that worked first. Ends when all have answered or failed, or with --for. Exits 0 if any was found, or when it was ended before; `bootstrap check` says why the others were not.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --for 5s',
    '<%= config.bin %> <%= command.id %> --list staging --json | jq -r "select(.peer).peer"',
  ]
  static override flags = {
    list: bootstrapListFlag,
    for: durationFlag({ summary: 'end after this time, whoever has been found' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(DiscoverBootstrap)
    const { list: name, for: forMs } = flags
    this.openSink(flags)
    const entries = await bootstrapPeersToAsk(this.config.configDir, name)
    await using node = await this.openNode(flags)
    if (forMs !== undefined) this.lifetime.limit(forMs)
    for await (const record of discoverBootstrap(node, { name, entries }, this.contextOf(flags))) {
      await this.sink.record(record, renderDiscovered)
    }
  }
}
