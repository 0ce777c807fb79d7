import { Args } from '@oclif/core'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { countFlag } from '../../lib/command/durations.ts'
import { validatorFlag, validatorsOf } from '../../lib/command/validator-flag.ts'
import { readBoundedFile } from '../../lib/files/read-bounded-file.ts'
import { recordKey } from '../../lib/keys/dht-key.ts'
import { putValue } from '../../lib/operations/dht/put-value.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { renderStored } from '../../lib/output/dht.ts'

/** Largest value that is read. */
const maxValueBytes = 1024 * 1024

/** `p2p dht put`: give a key a value. */
export default class DhtPut extends DhtCommand {
  static override summary = 'Put a value under a key'
  static override description =
    'Finds the 20 peers that are the closest to the key, hands them the value, and prints those that confirmed it and those that refused it: servers take only what a validator of theirs accepts. Exits 1 when fewer than --quorum did.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 /ns/key "a value"',
    '<%= config.bin %> <%= command.id %> --network /test/kad/1.0.0 --from /ip4/127.0.0.1/tcp/4001 /ns/key - < value.bin',
  ]
  static override args = {
    key: Args.string({
      required: true,
      ignoreStdin: true,
      description: '/namespace/…, 0x…, or a peer ID for its public key',
    }),
    value: Args.string({ required: true, ignoreStdin: true, description: 'text, or - for the bytes of stdin' }),
  }
  static override flags = {
    ...dhtPeerFlags,
    quorum: countFlag({ summary: 'how many peers have to store it [default: 1]' }),
    validator: validatorFlag(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtPut)
    this.openSink(flags)
    const validators = validatorsOf(flags.validator)
    const asked = { key: recordKey(args.key), quorum: flags.quorum ?? 1, validators }
    const about = { ...asked, ...(await dhtInput(flags, this.config.configDir)) }
    const value = args.value === '-' ? (await readBoundedFile('-', maxValueBytes)).bytes : Buffer.from(args.value)
    await using node = await this.openNode(flags)
    const records = putValue(node, { ...about, value }, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderStored))
  }
}
