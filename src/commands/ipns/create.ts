import { Flags } from '@oclif/core'
import { ipnsDraft, ipnsRecordFlags, ipnsValueArgument } from '../../lib/command/ipns-flags.ts'
import { loadIdentity } from '../../lib/command/load-identity.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { writeFileAtomically } from '../../lib/files/atomic-file.ts'
import { createIpns } from '../../lib/operations/ipns/create.ts'
import { renderIpns } from '../../lib/output/ipns.ts'

/** `p2p ipns create`: make a record without a network. */
export default class IpnsCreate extends ToolkitCommand {
  static override summary = 'Make an IPNS record, offline'
  static override description =
    'Writes the marshalled record, signed by the key of the name. -o - writes it to stdout, and nothing else. `p2p dht put /ipns/NAME -` publishes it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --key name.pem /ipfs/bafkqaaa -o name.ipns',
    '<%= config.bin %> <%= command.id %> --key name.pem --sequence 7 --lifetime 720h bafkqaaa -o - | <%= config.bin %> ipns inspect -',
  ]
  static override args = { value: ipnsValueArgument }
  static override flags = {
    ...ipnsRecordFlags,
    output: Flags.string({
      char: 'o',
      aliases: ['out'],
      summary: 'where to write the record; - is stdout',
      helpValue: 'FILE',
      required: true,
    }),
    force: Flags.boolean({ summary: 'replace an existing file' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IpnsCreate)
    const { output: file, force: overwrite } = flags
    this.openSink({ ...flags, bytes: file === '-' })
    const { pair, notes } = await loadIdentity(flags.key, flags['key-passphrase-file'], this.lifetime.signal)
    for (const note of notes) this.sink.note(note)
    const draft = { ...ipnsDraft(args.value, flags), sequence: flags.sequence ?? 0n }
    const { record, bytes } = await createIpns(pair, draft)
    if (file === '-') await this.sink.bytes(bytes)
    else await writeFileAtomically(file, bytes, { mode: 0o644, overwrite, existsSuggestion: 'replace it with --force' })
    if (file !== '-' || this.sink.json) await this.sink.record(record, renderIpns)
  }
}
