import { Flags } from '@oclif/core'
import { bootstrapListFlag, bootstrapPeerArgument } from '../../lib/command/bootstrap-flags.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { removeFromBootstrapList } from '../../lib/operations/edit-bootstrap-list.ts'
import { renderBootstrapChanged } from '../../lib/output/bootstrap.ts'

/** `p2p bootstrap rm`: fewer peers to begin with. */
export default class BootstrapRm extends ToolkitCommand {
  static override summary = 'Remove peers from a bootstrap list'
  static override description =
    'Exits 1 if one of the addresses was not in the list; the others are removed. With --all the list stays, empty: `bootstrap add --defaults` brings the public peers back.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN',
    '<%= config.bin %> <%= command.id %> --list staging --all',
  ]
  static override args = { addr: bootstrapPeerArgument }
  static override flags = {
    list: bootstrapListFlag,
    all: Flags.boolean({ summary: 'remove every peer' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BootstrapRm)
    const { list, all } = flags
    this.openSink(flags)
    const place = { configDir: this.config.configDir, list }
    const { changed, missing, notes } = await removeFromBootstrapList(place, { addresses: args.addr ?? [], all })
    for (const record of changed) await this.sink.record(record, renderBootstrapChanged)
    for (const { error, input, index } of missing) await this.failInput(error, input, index)
    for (const note of notes) this.sink.note(note)
  }
}
