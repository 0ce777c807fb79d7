import { Args, Flags } from '@oclif/core'
import { ipnsNameOptions } from '../../lib/command/ipns-flags.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { inspectIpns } from '../../lib/operations/ipns/inspect.ts'
import { renderIpns } from '../../lib/output/ipns.ts'

/** `p2p ipns inspect`: what a record says. */
export default class IpnsInspect extends ToolkitCommand {
  static override summary = 'Show what an IPNS record says'
  static override description =
    'Reads a marshalled record of at most 10 KiB. The signature is checked by the key of --name, or by the key that the record carries, as those of RSA keys do. Exits 1 for a record that has expired or that another key signed, and 7 for what is no record.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> name.ipns --name k51qzi5uqu5dgnfwbc46une4upw1vc9hxznymyeykmg6rev1513yrnbyrwmmql',
    '<%= config.bin %> dht get /ipns/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA | <%= config.bin %> <%= command.id %> --json -',
  ]
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: 'file with a record; - reads stdin' }),
  }
  static override flags = {
    name: Flags.custom({ ...ipnsNameOptions, summary: 'whose record it should be', helpValue: 'NAME' })(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IpnsInspect)
    this.openSink(flags)
    for await (const record of inspectIpns({ file: args.file, name: flags.name })) {
      await this.sink.record(record, renderIpns)
    }
  }
}
