import { Args } from '@oclif/core'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { validatorFlag, validatorsOf } from '../../lib/command/validator-flag.ts'
import { recordKey } from '../../lib/keys/dht-key.ts'
import { holders } from '../../lib/operations/dht/holders.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { holdersRenderer } from '../../lib/output/holders.ts'

/** `p2p dht holders`: who holds which value of a key. */
export default class DhtHolders extends DhtCommand {
  static override summary = 'Ask each peer that should hold a value which one it holds'
  static override description =
    'Finds the 20 peers that are the closest to the key, and asks each by itself. A value is valid, invalid, or unchecked where nothing here validates its namespace; stale where another peer has a newer IPNS record; in conflict where others gave another and nothing tells which is better. Exits 1 when no peer has a value that is valid or unchecked.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 /ns/key',
    '<%= config.bin %> <%= command.id %> --json --bootstrap /dnsaddr/bootstrap.libp2p.io /ipns/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA',
  ]
  static override args = {
    key: Args.string({
      required: true,
      ignoreStdin: true,
      description: '/namespace/…, 0x…, or a peer ID for its public key',
    }),
  }
  static override flags = { ...dhtPeerFlags, validator: validatorFlag() }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtHolders)
    this.openSink(flags)
    const input = {
      ...(await dhtInput(flags, this.config.configDir)),
      key: recordKey(args.key),
      validators: validatorsOf(flags.validator),
    }
    await using node = await this.openNode(flags)
    const records = holders(node, input, this.contextOf(flags))
    const render = holdersRenderer()
    await this.printQuery(records, (record) => this.sink.record(record, render))
  }
}
