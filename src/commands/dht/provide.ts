import { Args, Flags } from '@oclif/core'
import { canonicalAddress } from '../../lib/command/arguments.ts'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { contentKey } from '../../lib/keys/dht-key.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { provide } from '../../lib/operations/dht/provide.ts'
import { renderStored } from '../../lib/output/dht.ts'

/** `p2p dht provide`: say who provides something. */
export default class DhtProvide extends DhtCommand {
  static override summary = 'Tell the DHT that a node provides some content'
  static override description =
    'Speaks for a node that runs elsewhere with the same --key, and is found at the addresses of --announce: servers drop providers without one. Prints the peers that name it when they are asked again, and exits 1 when none does.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --key node.pem --announce /ip4/203.0.113.7/tcp/4001 --bootstrap /dnsaddr/bootstrap.libp2p.io bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq',
    '<%= config.bin %> <%= command.id %> --key node.pem --announce /ip4/127.0.0.1/tcp/4002 --network /test/kad/1.0.0 --from /ip4/127.0.0.1/tcp/4001 "some text"',
  ]
  static override args = {
    key: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'CID; other text stands for its raw sha2-256 CID',
    }),
  }
  static override flags = {
    ...dhtPeerFlags,
    announce: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      summary: 'address of the node that provides it',
      helpValue: 'ADDR',
      parse: async (text) => canonicalAddress(text),
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtProvide)
    this.openSink(flags)
    const key = contentKey(args.key)
    if (key.hashed) this.sink.note(`the key is ${key.text}`)
    const input = { ...(await dhtInput(flags, this.config.configDir)), key, announce: flags.announce ?? [] }
    await using node = await this.openNode(flags)
    if (flags.key === undefined) this.sink.note(`without --key this speaks for a fresh peer ID: ${node.peerId}`)
    const records = provide(node, input, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderStored))
  }
}
