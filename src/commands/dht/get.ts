import { Args, Flags } from '@oclif/core'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { countFlag } from '../../lib/command/durations.ts'
import { validatorFlag, validatorsOf } from '../../lib/command/validator-flag.ts'
import { recordKey } from '../../lib/keys/dht-key.ts'
import { getValue } from '../../lib/operations/dht/get-value.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'

/** `p2p dht get`: the value of a key. */
export default class DhtGet extends DhtCommand {
  static override summary = 'Get the value of a key'
  static override description =
    'Writes the bytes of the value to stdout and nothing else; with --json a record. Ends with the first value, or with --quorum once that many peers gave the same one; where there are not as many, the one that most gave is taken, and the first of several that as many gave. Values under /pk/ and /ipns/ are validated, and of IPNS records the one with the highest sequence is taken after everybody was asked; those of other namespaces, where nothing here can tell, are marked, in the record or by a note. Exits 1 when everybody was asked and nobody has a valid one.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 /ns/key > value.bin',
    '<%= config.bin %> <%= command.id %> --json --from /ip4/127.0.0.1/tcp/4001 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  ]
  static override args = {
    key: Args.string({
      required: true,
      ignoreStdin: true,
      description: '/namespace/…, 0x…, or a peer ID for its public key',
    }),
  }
  static override flags = {
    ...dhtPeerFlags,
    quorum: countFlag({
      summary: 'end when this many peers gave the best value [default: 1; for IPNS, when all were asked]',
    }),
    validator: validatorFlag(),
    raw: Flags.boolean({ summary: 'write bytes to a terminal as they are' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtGet)
    this.openSink({ ...flags, bytes: !flags.json })
    const validators = validatorsOf(flags.validator)
    const asked = { key: recordKey(args.key), quorum: flags.quorum, validators }
    const input = { ...asked, ...(await dhtInput(flags, this.config.configDir)) }
    await using node = await this.openNode(flags)
    await this.printQuery(getValue(node, input, this.contextOf(flags)), async (record) => {
      if (this.sink.json) await this.sink.record(record, ({ value }) => value)
      else {
        await this.sink.bytes(Buffer.from(record.value, 'base64'))
        await this.sink.endBytes()
        if (!record.validated) this.sink.note(`no validator has checked this value of ${record.key}`)
      }
    })
  }
}
