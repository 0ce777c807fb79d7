import { Flags } from '@oclif/core'
import { keyFileArgument, keyOutputFlags, keyTypeFlag, passphraseFrom } from '../../lib/command/key-flags.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { convertKey } from '../../lib/operations/convert-key.ts'
import { renderKey } from '../../lib/output/key.ts'

/** `p2p key convert`: the same key in another format. */
export default class KeyConvert extends ToolkitCommand {
  static override summary = 'Write a key in another format'
  static override examples = [
    '<%= config.bin %> <%= command.id %> node.pem -o node.key --format protobuf',
    '<%= config.bin %> <%= command.id %> node.key -o node.pem --out-passphrase-file secret.txt',
  ]
  static override args = { in: keyFileArgument }
  static override flags = {
    output: Flags.string({
      char: 'o',
      summary: 'where to write the key; - is stdout',
      helpValue: 'FILE',
      required: true,
    }),
    ...keyOutputFlags,
    type: keyTypeFlag({ summary: 'type of a raw seed' }),
    'passphrase-file': Flags.string({
      summary: 'open an encrypted key with the passphrase in this file',
      helpValue: 'FILE',
    }),
    'out-passphrase-file': Flags.string({
      summary: 'encrypt the new file with the passphrase in this file',
      helpValue: 'FILE',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(KeyConvert)
    const { output: file, force, format } = flags
    this.openSink({ ...flags, bytes: file === '-' })
    const { record, key, notes } = await convertKey({
      input: args.in,
      keyType: flags.type,
      passphrase: await passphraseFrom(flags['passphrase-file']),
      format,
      output: file === '-' ? 'stdout' : { file, force },
      outPassphrase: await passphraseFrom(flags['out-passphrase-file']),
    })
    for (const note of notes) this.sink.note(note)
    if (key !== undefined) await this.sink.bytes(key)
    if (key === undefined || this.sink.json) await this.sink.record(record, renderKey)
  }
}
