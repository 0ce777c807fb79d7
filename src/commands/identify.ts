import { groupTargets } from '../lib/addresses/target.ts'
import { targetArgument } from '../lib/command/arguments.ts'
import { lookUpFlags } from '../lib/command/dht-flags.ts'
import { NetworkCommand } from '../lib/command/network-command.ts'
import { peerLocator } from '../lib/operations/dht/peer-locator.ts'
import { identify } from '../lib/operations/identify.ts'
import { renderIdentity } from '../lib/output/identity.ts'

/** `p2p identify`: what a peer says of itself. */
export default class Identify extends NetworkCommand {
  static override summary = 'Ask a peer who it is and what it speaks'
  static override description =
    'Shows agent and protocol version, public key, listen addresses, the address it sees us at, protocols, and its signed peer record, verified. A malformed field is reported under problems, beside the good ones.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> /ip4/127.0.0.1/tcp/4001',
    "<%= config.bin %> <%= command.id %> --json /ip4/127.0.0.1/tcp/4001 | jq -r '.protocols[]'",
  ]
  static override args = { addr: targetArgument }
  static override flags = lookUpFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Identify)
    this.openSink(flags)
    const targets = groupTargets(args.addr)
    await using node = await this.openNode(flags)
    const locate = peerLocator(node, flags, this.config.configDir, this.contextOf(flags))
    await this.forEachTarget(targets, async (wanted, label) => {
      const { target, context } = await locate(wanted)
      const { type, ...identity } = await identify(node, target, context)
      await this.sink.record({ type, ...label, ...identity }, renderIdentity)
    })
  }
}
