import { Args } from '@oclif/core'
import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { provideFlags } from '../../lib/command/provide-flags.ts'
import { contentKey } from '../../lib/keys/dht-key.ts'
import { keepProviding } from '../../lib/operations/dht/keep-providing.ts'
import { provide } from '../../lib/operations/dht/provide.ts'
import { isHiddenFrom, providerPlace, refuseForeign } from '../../lib/operations/dht/provider-place.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { bound } from '../../lib/operations/listen-plan.ts'
import { renderStored } from '../../lib/output/dht.ts'
import { renderListening } from '../../lib/output/listening.ts'

/** `p2p dht provide`: say who provides something. */
export default class DhtProvide extends DhtCommand {
  static override summary = 'Tell the DHT that a node provides some content'
  static override description =
    'With --listen it stays after that: a server of the DHT that answers identify and ping as well, until --for or Ctrl-C; it prints its addresses first, and tells the DHT again every 12 hours, since servers forget providers after a day or two. With --announce alone it speaks for a node that runs elsewhere with the same --key, and ends. One of them is needed: servers drop providers without an address. Prints the peers that name it when they are asked again, and exits 1 when none does.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --listen /ip4/0.0.0.0/tcp/4001 --for 10m --key node.pem --network /test/kad/1.0.0 --bootstrap /dns4/dht.example.com/tcp/4001 "some text"',
    '<%= config.bin %> <%= command.id %> --key node.pem --announce /ip4/203.0.113.7/tcp/4001 bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq',
    '<%= config.bin %> <%= command.id %> --key node.pem --announce /ip4/127.0.0.1/tcp/4002 --network /test/kad/1.0.0 --from /ip4/127.0.0.1/tcp/4001 "some text"',
  ]
  static override args = {
    key: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'CID; other text stands for its raw sha2-256 CID',
    }),
  }
  static override flags = { ...dhtPeerFlags, ...provideFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DhtProvide)
    this.openSink(flags)
    const key = contentKey(args.key)
    const { plan, announce } = providerPlace(flags, {
      transports: flags.transport,
      privateNetwork: flags.psk !== undefined,
      secureWebSockets: false,
    })
    const onNote = (note: string) => this.sink.note(note)
    if (key.hashed) onNote(`the key is ${key.text}`)
    const input = { ...(await dhtInput(flags, this.config.configDir)), key, announce, onNote }
    const dht = { mode: 'server' as const, network: input.network.name }
    const spec = plan && { listen: plan.addresses, announce, dht }
    await using node = await this.openNode(flags, spec, {}, async (opened) => refuseForeign(opened, announce))
    if (plan !== undefined) {
      await this.sink.record(bound(node, plan).record, renderListening)
      if (isHiddenFrom(node, input.network))
        onNote(`servers of ${input.network.name} keep none of these addresses: pass --announce`)
    } else if (flags.key === undefined) onNote(`without --key this speaks for a fresh peer ID: ${node.peerId}`)
    const print = (record: Parameters<typeof renderStored>[0]) => this.sink.record(record, renderStored)
    await this.printQuery(provide(node, input, this.contextOf(flags)), print)
    if (plan === undefined) return
    if (flags.for !== undefined) this.lifetime.limit(flags.for)
    await this.printQuery(keepProviding(node, input, this.contextOf(flags)), print)
  }
}
