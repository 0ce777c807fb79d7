import { Flags } from '@oclif/core'
import { bootstrapListFlag, bootstrapPeerArgument } from '../../lib/command/bootstrap-flags.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { addToBootstrapList } from '../../lib/operations/edit-bootstrap-list.ts'
import { renderBootstrapChanged } from '../../lib/output/bootstrap.ts'

/** `p2p bootstrap add`: more peers to begin with. */
export default class BootstrapAdd extends ToolkitCommand {
  static override summary = 'Add peers to a bootstrap list'
  static override description =
    'A list that is not there is made. An address that is in the list already is not added again. The file is written atomically, and comments in it stay. With a bad address nothing is added.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN',
    '<%= config.bin %> <%= command.id %> --list staging /ip4/192.0.2.1/tcp/4001/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
    '<%= config.bin %> <%= command.id %> --defaults',
  ]
  static override args = { addr: bootstrapPeerArgument }
  static override flags = {
    list: bootstrapListFlag,
    defaults: Flags.boolean({ summary: 'add the public peers that p2p ships with' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BootstrapAdd)
    const { list, defaults } = flags
    this.openSink(flags)
    const place = { configDir: this.config.configDir, list }
    const { changed, notes } = await addToBootstrapList(place, { addresses: args.addr ?? [], defaults })
    for (const record of changed) await this.sink.record(record, renderBootstrapChanged)
    for (const note of notes) this.sink.note(note)
  }
}
