import { Flags } from '@oclif/core'
import { keyFileArgument, keyTypeFlag, passphraseFrom } from '../../lib/command/key-flags.ts'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { inspectKey } from '../../lib/operations/inspect-key.ts'
import { renderKey } from '../../lib/output/key.ts'

/** `p2p key inspect`: what a key file holds. */
export default class KeyInspect extends ToolkitCommand {
  static override summary = 'Show what a key file holds, without its secret'
  static override description =
    'Reads PEM (PKCS#8, encrypted PKCS#8, SEC1, PKCS#1), libp2p protobuf (binary, base64, a Kubo config), JWK and raw seeds, by their content.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> node.pem',
    '<%= config.bin %> <%= command.id %> ~/.ipfs/config',
    '<%= config.bin %> <%= command.id %> -t ed25519 seed.hex',
  ]
  static override args = { file: keyFileArgument }
  static override flags = {
    type: keyTypeFlag({ summary: 'type of a raw seed' }),
    'passphrase-file': Flags.string({
      summary: 'open an encrypted key with the passphrase in this file',
      helpValue: 'FILE',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(KeyInspect)
    this.openSink(flags)
    const passphrase = await passphraseFrom(flags['passphrase-file'])
    const { record, notes } = await inspectKey({ file: args.file, keyType: flags.type, passphrase })
    for (const note of notes) this.sink.note(note)
    await this.sink.record(record, renderKey)
  }
}
