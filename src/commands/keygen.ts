import { Flags } from '@oclif/core'
import { countFlag } from '../lib/command/durations.ts'
import { keyOutputFlags, keyTypeFlag, passphraseFrom } from '../lib/command/key-flags.ts'
import { ToolkitCommand } from '../lib/command/toolkit-command.ts'
import { generateKey } from '../lib/operations/generate-key.ts'
import { renderKey } from '../lib/output/key.ts'

/** `p2p keygen`: make a private key. */
export default class Keygen extends ToolkitCommand {
  static override summary = 'Make a private key'
  static override description =
    'Writes it with mode 0600 and never over an existing file without --force. Without -o it shows the peer ID and public key of a key that is not kept. -o - writes the private key to stdout, and nothing else.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -o node.pem',
    '<%= config.bin %> <%= command.id %> -t rsa --bits 3072 -o node.pem --passphrase-file secret.txt',
    '<%= config.bin %> <%= command.id %> --format protobuf -o - | base64',
  ]
  static override flags = {
    type: keyTypeFlag({ summary: 'key type', default: 'ed25519' }),
    bits: countFlag({ summary: 'length of an RSA key, 2048 to 8192' }),
    output: Flags.string({ char: 'o', summary: 'where to write the key; - is stdout', helpValue: 'FILE' }),
    ...keyOutputFlags,
    'passphrase-file': Flags.string({ summary: 'encrypt the key with the passphrase in this file', helpValue: 'FILE' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Keygen)
    const { output: file, force } = flags
    this.openSink({ ...flags, bytes: file === '-' })
    const { record, key, notes } = await generateKey({
      keyType: flags.type,
      bits: flags.bits,
      format: flags.format,
      passphrase: await passphraseFrom(flags['passphrase-file']),
      output: file === undefined ? undefined : file === '-' ? 'stdout' : { file, force },
    })
    for (const note of notes) this.sink.note(note)
    if (key !== undefined) await this.sink.bytes(key)
    if (key === undefined || this.sink.json) await this.sink.record(record, renderKey)
  }
}
