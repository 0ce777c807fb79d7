import { DhtCommand } from '../../lib/command/dht-command.ts'
import { dhtPeerFlags } from '../../lib/command/dht-flags.ts'
import { countFlag } from '../../lib/command/durations.ts'
import { ipnsDraft, ipnsRecordFlags, ipnsValueArgument } from '../../lib/command/ipns-flags.ts'
import { loadIdentity } from '../../lib/command/load-identity.ts'
import { dhtInput } from '../../lib/operations/dht/whom-to-ask.ts'
import { publishIpns } from '../../lib/operations/ipns/publish.ts'
import { renderPublished } from '../../lib/output/ipns.ts'

/** `p2p ipns publish`: say what a name stands for. */
export default class IpnsPublish extends DhtCommand {
  static override summary = 'Publish what an IPNS name stands for'
  static override description =
    'Signs a record with the key of the name, and puts it into the DHT. Its sequence is one more than that of the newest record that the DHT has. The node itself has a fresh peer ID. Exits 1 when fewer than --quorum peers stored it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --key name.pem --network /test/kad/1.0.0 --bootstrap /ip4/127.0.0.1/tcp/4001 /ipfs/bafkqaaa',
    '<%= config.bin %> <%= command.id %> --json --key name.pem --sequence 7 --lifetime 24h --ttl 1m --network /test/kad/1.0.0 --from /ip4/127.0.0.1/tcp/4001 bafkqaaa',
  ]
  static override args = { value: ipnsValueArgument }
  static override flags = {
    ...dhtPeerFlags,
    ...ipnsRecordFlags,
    quorum: countFlag({ summary: 'how many peers have to store it [default: 1]' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IpnsPublish)
    this.openSink(flags)
    const { key, 'key-passphrase-file': passphraseFile, sequence, quorum = 1, ...others } = flags
    const about = {
      ...(await dhtInput(flags, this.config.configDir)),
      ...ipnsDraft(args.value, flags),
      sequence,
      quorum,
    }
    const { pair, notes } = await loadIdentity(key, passphraseFile, this.lifetime.signal)
    for (const note of notes) this.sink.note(note)
    await using node = await this.openNode({ ...others, key: undefined, 'key-passphrase-file': undefined })
    const records = publishIpns(node, { ...about, pair }, this.contextOf(flags))
    await this.printQuery(records, (record) => this.sink.record(record, renderPublished))
  }
}
