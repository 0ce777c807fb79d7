import { readBootstrapList } from '../../lib/addresses/bootstrap/list-file.ts'
import { bootstrapListFlag } from '../../lib/command/bootstrap-flags.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { renderBootstrapPeer } from '../../lib/output/bootstrap.ts'

/** `p2p bootstrap list`: the peers to begin with. */
export default class BootstrapListCommand extends ToolkitCommand {
  static override summary = 'Show the peers of a bootstrap list'
  static override description =
    'A list is a text file, bootstrap/NAME.txt in the configuration folder of p2p: a multiaddr a line, # begins a comment. The list default holds the public peers of the Amino DHT until it is changed. Other lists serve separate networks.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --list staging --json',
    '<%= config.bin %> <%= command.id %> | xargs p2p dial --each',
  ]
  static override flags = { list: bootstrapListFlag }

  async run(): Promise<void> {
    const { flags } = await this.parse(BootstrapListCommand)
    const { list } = flags
    this.openSink(flags)
    const peers = await readBootstrapList(this.config.configDir, list)
    if (peers.length === 0) this.sink.note(`the bootstrap list ${list} is empty`)
    for (const { address, peer } of peers) {
      await this.sink.record({ type: 'bootstrap-peer' as const, list, address, peer }, renderBootstrapPeer)
    }
  }
}
