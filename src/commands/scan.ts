import { Flags } from '@oclif/core'
import { groupTargets } from '../lib/addresses/target.ts'
import { protocolId, targetArgument } from '../lib/command/arguments.ts'
import { lookUpFlags } from '../lib/command/dht-flags.ts'
import { countFlag } from '../lib/command/durations.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { repeatable } from '../lib/command/repeatable.ts'
import { peerLocator } from '../lib/operations/dht/peer-locator.ts'
import { DialPace } from '../lib/operations/dial-pace.ts'
import { scan } from '../lib/operations/scan.ts'
import { scanSpec } from '../lib/operations/scan-layers.ts'
import { claimsHold } from '../lib/operations/scan-statistics.ts'
import { isTelling, scanRenderer } from '../lib/output/scanned.ts'

/** `p2p scan`: what a peer really accepts. */
export default class Scan extends NetworkCommand {
  static override summary = 'Find out what a peer really accepts, by negotiating'
  static override description =
    'Tries every security protocol (plaintext too, which tells the peer nothing secret; --security chooses), every muxer (--muxer), each on a connection of its own, then opens a stream for every protocol that the peer claims by identify or multistream-select, for the well-known ones and for --protocol, and ends it at once. Claims that turn out false and protocols that answer without a claim are marked. Exits 0 when the scan was finished, whatever it found; with --strict 1 unless every claim held.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /ip4/127.0.0.1/tcp/4001',
    '<%= config.bin %> <%= command.id %> --strict --protocol /chat/1.0.0,/files/1.0.0 /ip4/127.0.0.1/tcp/4001',
    "<%= config.bin %> <%= command.id %> --json /ip4/127.0.0.1/tcp/4001 | jq -r 'select(.accepted == true).protocol'",
  ]
  static override args = { addr: targetArgument }
  static override flags = {
    protocol: Flags.string({
      ...repeatable,
      summary: 'ask for this protocol as well',
      helpValue: 'PROTOCOL',
      parse: async (text) => protocolId(text),
    }),
    rate: countFlag({ summary: 'streams to open a second, at most [default: 20]' }),
    strict: Flags.boolean({ summary: 'exit 1 unless the peer speaks everything that it claims' }),
    ...lookUpFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Scan)
    this.openSink(flags)
    const targets = groupTargets(args.addr)
    const { protocol: protocols = [], rate = 20, security, strict } = flags
    const pace = new DialPace()
    const render = scanRenderer()
    await using node = await this.openNode(flags, security === undefined ? scanSpec() : {})
    const locate = peerLocator(node, flags, this.config.configDir, this.contextOf(flags))
    await this.forEachTarget(targets, async (wanted, label) => {
      const { target, context } = await locate(wanted)
      for await (const record of scan(node, { target, protocols, rate, pace }, context)) {
        if (this.sink.json || isTelling(record, protocols)) await this.sink.record({ ...record, ...label }, render)
        if (strict && record.type === 'summary' && !claimsHold(record)) this.fail('negative')
      }
    })
  }
}
