import { Args } from '@oclif/core'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags, limitFlag } from '../../lib/command/dht-flags.ts'
import { contentKey } from '../../lib/keys/dht-key.ts'
import { findProviders } from '../../lib/operations/dht/find-providers.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { renderProvider } from '../../lib/output/dht.ts'

/** `p2p dht find-providers`: who has something. */
export default class DhtFindProviders extends DhtCommand {
  static override summary = 'Find who provides some content'
  static override description =
    'Prints each provider once, with the addresses that were told of it, as soon as it is named. Exits 1 when everybody was asked and nobody named one.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bootstrap /dnsaddr/bootstrap.libp2p.io bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq',
    '<%= config.bin %> <%= command.id %> --json --limit 1 --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 "some text"',
  ]
  static override args = {
    cid: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'CID; other text stands for its raw sha2-256 CID',
    }),
  }
  static override flags = { ...dhtPeerFlags, limit: limitFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtFindProviders)
    this.openSink(flags)
    const key = contentKey(args.cid)
    if (key.hashed) this.sink.note(`the key is ${key.text}`)
    const input = { ...(await dhtInput(flags, this.config.configDir)), key, limit: flags.limit ?? 20 }
    await using node = await this.openNode(flags)
    const records = findProviders(node, input, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderProvider))
  }
}
